#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# `joist new` from an installed copy: each example becomes a project outside the tree, which is configured,
# built without a warning, run, and tested by its own golden case. And what it refuses.
#
# Tests: tools/joist/new.c tools/joist/main.c
set -eu
: "${JOIST_BUILD:?is set by ctest}" "${JOIST_SOURCE:?is set by ctest}"
if ! grep -q '^JOIST_SANITIZE:[A-Z]*=$' "$JOIST_BUILD/CMakeCache.txt"; then
    echo "a library with sanitizers is not installed"
    exit 77
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/joist-new.XXXXXX")
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }
# quietly COMMAND...: shows what it printed only if it fails.
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log"; fail "$*"; }; }
# refused CODE PART COMMAND...: ends with that code and says that.
refused() {
    local want=$1 part=$2 code=0
    shift 2
    "$@" >"$work/log" 2>&1 || code=$?
    [ "$code" = "$want" ] || { cat "$work/log"; fail "exit code $code, not $want: $*"; }
    grep -qF -- "$part" "$work/log" || { cat "$work/log"; fail "does not say '$part': $*"; }
}

quietly cmake --install "$JOIST_BUILD" --prefix "$work/first"
mv "$work/first" "$work/prefix"     # the examples are found beside the program, wherever it is
export PATH=$work/prefix/bin:$PATH
mkdir "$work/home" && cd "$work/home"

# ---- what there is --------------------------------------------------------------------------------
joist --version | grep -q '^joist [0-9]' || fail "joist --version"
quietly joist --help
for source in "$JOIST_SOURCE"/pipelines/*.c; do
    name=$(basename "$source" .c)
    case $name in
    *_test) ;;
    analytics | recount_days) ;;    # they read a database, and data/ has files
    *) joist list | grep -q "^$name " || fail "joist list has no $name: tools/cmake/share.cmake" ;;
    esac
done
[ "$(joist list)" = "$(joist new --list)" ] || fail "joist new --list"
joist list --json | python3 -c 'import json, sys
for row in json.load(sys.stdin): assert row["help"].endswith("."), row' || fail "joist list --json"

# ---- projects -------------------------------------------------------------------------------------
# project NAME EXAMPLE: from `joist new` to its tests.
project() {
    quietly joist new "$1" --from "$2"
    local name=${1##*/} file
    for file in "$name.c" CMakeLists.txt README.md .gitignore data/in run.conf tests/golden/first/in \
                tests/golden/first/expect; do
        [ -e "$1/$file" ] || fail "$1/$file is missing"
    done
    ! grep -rnE "\.name = \"$2\"|build/$2\b|#include \"$2/" "$1" --include='*.c' --include='*.h' \
        || fail "the example's name is left"
    ! grep -rn '@[A-Z]' "$1" --include=CMakeLists.txt --include=README.md || fail "a mark is left"
    (
        cd "$1"
        quietly cmake -G Ninja -B build -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_C_FLAGS=-Werror
        quietly cmake --build build
        quietly "build/$name" run --config run.conf
        quietly "build/$name" test
        grep -qF "1 case, all ok" "$work/log" || fail "$name test"
        quietly ctest --test-dir build --no-tests=error
        "build/$name" --version | grep -q "^$name, a Joist pipeline" || fail "its name is not $name"
    )
}
project my-words wordcount
[ "$(wc -l <my-words/out/words.ndjson)" = "$(wc -l <my-words/tests/golden/first/expect/output.words.jsonl)" ] \
    || fail "my-words counted otherwise than its case"
mkdir deep
project deep/hourly2 deactivate
[ "$(sqlite3 deep/hourly2/out/history.db 'SELECT count(*) FROM deactivations')" = \
  "$(wc -l <deep/hourly2/tests/golden/first/expect/history.deactivations.jsonl)" ] \
    || fail "hourly2 found other events than its case"

joist list | cut -d ' ' -f 1 | grep -vxE 'wordcount|deactivate' >examples
while read -r example; do
    project "a-$example" "$example"
done <examples

# A case that is wrong fails: what `test` says is no formality.
sed -i '1s/"count":[0-9]*/"count":99/' my-words/tests/golden/first/expect/output.words.jsonl
cd my-words && refused 5 "1 FAILED" build/my-words test && cd ..

# ---- what is refused ------------------------------------------------------------------------------
before=$(cd my-words && find . -type f -exec cksum {} + | sort)
refused 2 "my-words is there already; nothing was changed" joist new my-words
[ "$before" = "$(cd my-words && find . -type f -exec cksum {} + | sort)" ] || fail "it changed something"
mkdir empty && echo mine >file
refused 2 "is there already" joist new empty
refused 2 "is there already" joist new file
refused 2 "or wordcount (from: flag)" joist new x --from nothing
refused 2 "did you mean \`joist new\`" joist nwe x
refused 2 "wants one NAME" joist new
refused 2 "wants one NAME" joist new a b
for name in 'My' 'a b' '../' '2x' '' 'x.c'; do
    refused 2 "cannot be the name" joist new "$name"
done
refused 1 "cannot make nowhere/x" joist new nowhere/x
[ ! -e x ] && [ ! -e a ] || fail "a refused project was begun"
cp "$work/prefix/bin/joist" "$work/home/alone"
refused 1 "no share/joist/examples beside this program" ./alone new x
refused 1 "no share/joist/examples beside this program" ./alone list
echo "projects from $(joist list | wc -l) examples: made, built, run, tested"
