# SPDX-License-Identifier: Apache-2.0
"""tools/deploy/hourly: the order of its steps, its exit code, and what a signal does. The programs are scripts that
end as they are told; with the real ones it runs in tools/deploy/check."""
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import SOURCE, Folder, check, finish, main, run, start

HOURLY = os.path.join(SOURCE, "tools", "deploy", "hourly")
STEP = """#!/bin/sh
# Writes down that it was called; ends with the next code of its list, with 0 after the last. `runs ls` shows
# the file `journal`.
[ "$1" = runs ] && exec cat journal
name=${0##*/}
echo "$name $*" >>calls
code=$(head -n 1 "$name.codes")
sed -i 1d "$name.codes"
exit "${code:-0}"
"""
WAITS = """#!/bin/sh
[ "$1" = runs ] && exec cat journal
# Ends with 143 on SIGTERM, as the real one does, and says so; waits for it otherwise.
trap 'echo stopped >>calls; exit 143' TERM
echo started >>calls
while :; do sleep 0.05; done
"""


def steps(folder, deactivate="", analytics="", script=STEP):
    """How to run the script among such programs."""
    os.chmod(folder.write("bin/deactivate", script), 0o755)
    os.chmod(folder.write("bin/analytics", STEP), 0o755)
    folder.write("deactivate.codes", deactivate)
    folder.write("analytics.codes", analytics)
    folder.write("journal", '[{"window":"2026-08-20T03","state":"done"}]\n')
    return {"cwd": folder.top, "env": {"PATH": folder.path("bin") + ":" + os.environ["PATH"],
                                       "HOURLY_TRIES": "3", "HOURLY_PAUSE": "0"}}


def calls(folder):
    path = folder.path("calls")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def outcome(deactivate, analytics):
    """The exit code, and the programs that were called, for such lists of codes."""
    with Folder() as folder:
        done = run([HOURLY], **steps(folder, deactivate, analytics))
        return done.code, [line.split()[0] for line in calls(folder)]


def test_both_steps():
    with Folder() as folder:
        check("exit code", run([HOURLY], **steps(folder)).code, 0)
        check("calls", calls(folder), ["deactivate run --due", "analytics run"])


def test_no_charts_before_there_is_history():
    with Folder() as folder:
        how = steps(folder)
        folder.write("journal", "[]\n")
        check("exit code", run([HOURLY], **how).code, 0)
        check("calls", calls(folder), ["deactivate run --due"])


def test_temporary_failures_are_tried_again():
    check("twice", outcome("75\n75\n", ""), (0, ["deactivate"] * 3 + ["analytics"]))
    check("analytics too", outcome("", "75\n"), (0, ["deactivate", "analytics", "analytics"]))
    check("not for ever", outcome("75\n75\n75\n75\n", ""), (75, ["deactivate"] * 3 + ["analytics"]))
    check("a failure after it is a failure", outcome("75\n1\n", ""), (1, ["deactivate"] * 2 + ["analytics"]))


def test_other_failures_are_not():
    for code in (1, 2, 3, 4):
        check("once, and the charts all the same", outcome(f"{code}\n", ""), (code, ["deactivate", "analytics"]))
    check("of analytics", outcome("", "1\n"), (1, ["deactivate", "analytics"]))
    check("the first counts", outcome("4\n", "1\n"), (4, ["deactivate", "analytics"]))


def until(what, true):
    end = time.monotonic() + 60
    while not true():
        check(f"within a minute: {what}", time.monotonic() < end)
        time.sleep(0.02)


def test_a_signal_reaches_the_program():
    with Folder() as folder:
        process = start([HOURLY], **steps(folder, script=WAITS))
        until("it has started", lambda: calls(folder) == ["started"])
        process.send_signal(signal.SIGTERM)
        check("its code is the script's", finish(process).code, 143)
        check("it ended by itself, and nothing after it began", calls(folder), ["started", "stopped"])


def test_a_signal_ends_the_pause():
    with Folder() as folder:
        how = steps(folder, "75\n75\n75\n")
        how["env"]["HOURLY_PAUSE"] = "600"
        process = start([HOURLY], **how)
        until("it was called", lambda: len(calls(folder)) == 1)
        process.send_signal(signal.SIGTERM)
        check("exit code", finish(process).code, 75)
        check("nothing after it", calls(folder), ["deactivate run --due"])


main(globals())
