#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What Beam made of the inputs in tests/beam/golden/in is what Joist makes of them, with one worker and
# with four. tests/oracle/beam_test.py recorded it.
set -u
golden=$JOIST_SOURCE/tests/beam/golden
program=$JOIST_BUILD/tests/beam_cases
[ -x "$program" ] || { echo "there is no $program"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export LC_ALL=C
failed=0 compared=0

# rows FOLDER: all rows with the case they are of, as the recorded ones
rows() {
    local file case
    for file in "$1"/*.jsonl; do
        case=${file##*/}
        case=${case%.jsonl}
        case $case in quantiles.*) ;; *) sed "s/^{/{\"case\":\"$case\",/" "$file" ;; esac
    done | sort
}

for input in "$golden"/in/*.jsonl; do
    name=${input##*/}
    sort "$golden/$name" >"$folder/want"
    # Beam was asked for some kinds of windows only.
    windows=$(sed 's/^{"case":"[a-z_]*\.\([a-z]*\)".*/\1/' "$folder/want" | sort -u | paste -sd '|')
    for workers in 1 4; do
        out=$folder/$name.$workers
        "$program" run --input "$input" --output "$out" --workers $workers --quiet \
            --dead "$folder/dead" || failed=1
        rows "$out" | grep -E "^\{\"case\":\"[a-z_]*\.($windows)\"" >"$folder/got"
        diff "$folder/want" "$folder/got" >"$folder/diff" || {
            echo "FAILED $name, $workers workers: < is Beam, > is Joist"
            head -n 20 "$folder/diff"
            failed=1
        }
        compared=$((compared + $(wc -l <"$folder/want")))
    done
done
echo "$compared rows compared"
[ $failed = 0 ] && [ $compared -gt 10000 ]
