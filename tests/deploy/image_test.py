# SPDX-License-Identifier: Apache-2.0
"""tools/deploy/check: the Dockerfile carried out in fresh Debian roots, the image used, the units on a booted
machine. Skipped, and said, where that is not possible: without root, debootstrap, systemd-nspawn or Debian's
archive."""
import os
import sys
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import SOURCE, check, main, run, skip

CHECK = os.path.join(SOURCE, "tools", "deploy", "check")
ARCHIVE = "http://deb.debian.org/debian/dists/bookworm/Release"


def test_what_can_be_executed_is():
    try:
        urllib.request.urlopen(ARCHIVE, timeout=20).close()
    except OSError as why:
        skip(f"**** DEBIAN'S ARCHIVE CANNOT BE REACHED: {why} ****")
    done = run([CHECK], deadline=850)
    print(done.out)
    if done.code == 77:
        skip("**** NOT ALL OF DEPLOYING WAS EXECUTED: " + done.out.strip().split("\n")[-1] + " ****")
    check(f"exit code\n{done.err}\n", done.code, 0)


main(globals())
