# SPDX-License-Identifier: Apache-2.0
"""tools/deploy/check with this build's programs: the image made in a fresh Debian root and used, the units on a
booted machine. Skipped, and said, where that is not possible: without root, debootstrap, systemd-nspawn or Debian's
archive. That the Dockerfile's first stage builds is left to `tools/deploy/check` without --built: it takes long."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import BUILD, SOURCE, check, main, run, sanitized, skip

CHECK = os.path.join(SOURCE, "tools", "deploy", "check")


def test_what_can_be_executed_is():
    if sanitized():
        skip("a build with sanitizers is not packed")
    done = run([CHECK, "--built", os.path.abspath(BUILD)], deadline=850)
    print(done.out)
    if done.code == 77:
        skip("**** DEPLOYING WAS NOT EXECUTED: " + done.out.strip().split("\n")[-1] + " ****")
    check(f"exit code\n{done.err}\n", done.code, 0)


main(globals())
