# SPDX-License-Identifier: Apache-2.0
"""The simulator of hourly operation: seeds that must hold, traces that are the same again, and bugs
that it must find. The simulated world is in C beside this; docs/testing.md says what it is.

Tests: tools/cli/hourly.c tools/cli/lease.c tools/cli/window.c tools/cli/due.c"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import BUILD, SOURCE, check, check_in, main, program, run

SEEDS = 200
BUGS = ("take", "put", "fence", "latest", "digest", "atomic")
# What must have happened somewhere in the seeds, or they show nothing.
TROUBLE = ("crashes before it", "crashes behind it", "the request goes on", "is lost: try again",
           "is lost: failed", "not now", "fails", "SIGTERM", "is slow", "the clock of machine",
           "the journal is lost", "a late take arrives: done", "a late put arrives: done",
           "a late put arrives: refused", "a late commit arrives: done", "--window", "--until",
           "--force", "locks history", "ends with exit code 75", "ends with exit code 130",
           "refused: number")


def sim(*words, code=0):
    program("tests/sim")
    done = run([os.path.join(SOURCE, "tools", "sim"), *words], deadline=600,
               env={"JOIST_BUILD": os.path.abspath(BUILD)})
    check(f"{' '.join(words)}\n{done}", done.code, code)
    return done.out


def test_seeds_hold():
    out = sim("--seeds", str(SEEDS))
    counts = [[int(n) for n in pair] for pair in re.findall(r"^(\d+) seeds, (\d+) failed$", out, re.M)]
    check("seeds, failed", [sum(n) for n in zip(*counts)], [SEEDS, 0])


def test_everything_goes_wrong_somewhere():
    out = sim("--seeds", str(SEEDS), "--trace")
    for what in TROUBLE:
        check_in("in some seed", what, out)


def test_a_seed_is_the_same_again():
    first, second = (sim("--first", "1", "--seeds", "30", "--trace") for _ in range(2))
    check("the same bytes", first == second)
    check("and other seeds are others", sim("--seed", "1", "--trace")
          != sim("--seed", "2", "--trace"))


def test_planted_bugs_are_found():
    for bug in BUGS:
        out = sim("--seeds", str(SEEDS), "--bug", bug, code=1)
        found = re.search(r"^seed (\d+): (.*)\n    tools/sim (.*)$", out, re.M)
        check(f"{bug} is found\n{out}", found is not None)
        again = sim(*found[3].split(), code=1)
        check_in(f"{bug}: the command plays it again", f"WRONG: {found[2]}\n", again)
        check_in(f"{bug}: and tells the same", found[0], again)


def test_wrong_options():
    for words in (["--seeds"], ["--seed", "x"], ["--bug", "no"], ["--what"]):
        sim(*words, code=2)


main(globals())
