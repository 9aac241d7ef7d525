# SPDX-License-Identifier: Apache-2.0
"""Hourly runs that overlap: fired twice, stopped and overtaken, or with the same window in hand. One
wins or all have the same result; a run that lost its lease changes nothing."""
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import shim
from harness import Folder, check, check_in, finish, main, start
from hours import Hours, clock, fates, window
from product import OF_A_RUN, check_rows

ROUNDS = {2: 35, 5: 15}


def clean_rows(fill):
    with Hours(shim.FAST) as work:
        fill(work)
        work.due(5)
        return work.rows(*OF_A_RUN), work.states()


def three_hours(work):
    for hour in (1, 2, 3):
        work.put(hour, 3)


def test_fired_at_once():
    """Whoever comes second finds the window held or done."""
    want, states = clean_rows(three_hours)
    for runs, rounds in ROUNDS.items():
        winners = 0
        for n in range(rounds):
            with Hours(shim.FAST) as work:
                three_hours(work)
                processes = [start(work.args("--due", now=clock(5), run_id=f"r{i}"))
                             for i in range(runs)]
                ended = [finish(p) for p in processes]
                codes = sorted({d.code for d in ended})
                check(f"exit codes of round {n} {codes}\n" + "\n".join(map(str, ended)),
                      set(codes) <= {0, 75})
                winners += codes[0] == 0
                work.due(5)
                check_rows(f"{runs} runs, round {n}", work.rows(*OF_A_RUN), want)
                check(f"journal of round {n}", work.states(), states)
                check("nobody holds anything", {e["holder"] for e in work.journal()}, {None})
        print(f"        {rounds} rounds of {runs}, {winners} of them without need of another run")


def test_fired_twice_one_after_the_other():
    with Hours(shim.FAST) as work:
        three_hours(work)
        work.due(4, run_id="first")
        before, journal = work.rows(), work.journal()
        check("the second finds it done", set(fates(work.due(4, run_id="second")).values()),
              {"unchanged"})
        check_rows("nothing changed", work.rows(), before)
        check("nor in the journal, but that it was looked at",
              [{**e, "looked": None} for e in work.journal()],
              [{**e, "looked": None} for e in journal])


def test_held_window_is_skipped():
    """A stopped run is alive: its window is its own, the others can be done."""
    with Folder() as folder, Hours(shim.FAST) as work:
        three_hours(work)
        stopped = shim.Stopped(folder, work, "read", 1, "/02/a.jsonl", "--due", "--now", clock(4))
        found = work.due(4, code=75, run_id="second")
        check("others", fates(found), {window(2): "held", window(3): "done"})
        check_in("by whom", "until 2026-08-20T04:15:00.000Z", found["windows"][0]["why"])
        check("exit", found["exit"], 75)
        done = work.run("--window", window(2), now=clock(4), code=75)
        check_in("a single window says it, too", "held", done.out)
        summary = work.summary("--window", window(2), now=clock(4), code=75)
        check("as an object", (summary["status"], fates(summary)), ("held", {window(2): "held"}))
        ended = stopped.go_on()
        check(f"goes on\n{ended}", ended.code, 0)
        check("all done", set(work.states().values()), {"done"})
        check("each once", work.events_kept(), [1000, 1001, 1002, 2000, 2001, 2002, 3000, 3001,
                                                3002])


def overtaken(kind, inside, code):
    """A run stops before a call, its lease expires, another does the window; then it goes on."""
    with Folder() as folder, Hours(shim.FAST) as work:
        work.put(3, 3)
        work.run("--due", now=clock(4))         # files are there, so that only one thing is new
        work.put(3, 2, first=50, name="late.jsonl")
        stopped = shim.Stopped(folder, work, kind, 1, inside, "--due", "--now", clock(5),
                               "--run-id", "slow")
        work.put(3, 1, first=70, name="later.jsonl")
        found = work.due(5, minute=30, run_id="quick", code=code)
        rows = work.rows() if code == 0 else None       # else the stores are locked
        journal = work.journal()
        ended = stopped.go_on()
        return work, found, rows, journal, ended, work.rows(), work.journal(), \
            fates(work.due(6)), work.events_kept()


def test_run_that_lost_its_lease_changes_nothing():
    _, found, rows, journal, ended, after, journal_after, _, kept = overtaken("read", "/late.jsonl",
                                                                               0)
    check("the other did it", fates(found), {window(3): "done"})
    check(f"temporary\n{ended}", ended.code, 75)
    check_in("the store itself says why", "belongs to a later run by now", ended.err)
    check_rows("nothing changed", after, rows)
    check("nor in the journal", journal_after, journal)
    check("each once", kept, [3000, 3001, 3002, 3050, 3051, 3070])


def test_run_that_lost_its_lease_to_one_that_has_not_committed():
    with Folder() as folder, Hours(shim.FAST) as work:
        work.put(3, 3)
        slow = shim.Stopped(folder, work, "read", 1, "/a.jsonl", "--due", "--now", clock(4))
        quick = shim.Stopped(folder, work, "read", 1, "/a.jsonl", "--due", "--now", clock(4, 30))
        ended = slow.go_on()
        check(f"temporary\n{ended}", ended.code, 75)
        check_in("why", "was lost", ended.err)
        check("nothing is there", work.rows()["history.sites"], {})
        check("the other goes on", quick.go_on().code, 0)
        check("and has all", work.events_kept(), [3000, 3001, 3002])


def test_run_stopped_with_the_stores_in_its_hand():
    """Their write locks are its own, so nobody overtakes it; what it commits is whole."""
    _, found, _, _, ended, _, _, again, kept = overtaken("unlink", "history.db-journal", 75)
    check("the other could not", fates(found), {window(3): "failed"})
    check_in("why", "holds its lock", found["error"]["message"])
    check(f"it has lost its lease, and says so\n{ended}", ended.code, 75)
    check_in("lost", "was lost", ended.err)
    check("the next run does what is left", again, {window(3): "done"})
    check("each once", kept, [3000, 3001, 3002, 3050, 3051, 3070])


def test_lease_expires_by_the_clock_on_the_wall():
    with Folder() as folder, Hours(shim.FAST) as work:
        work.put(3, 3)
        stopped = shim.Stopped(folder, work, "read", 1, "/a.jsonl", "--due", "--lease", "1s",
                               now=None)
        deadline, codes = time.monotonic() + 60, []
        while not codes or codes[-1] == 75 and time.monotonic() < deadline:
            codes.append(work.run("--due", now=None, code=None).code)
        check("held at first, then taken", (codes[0], codes[-1]), (75, 0))
        rows = work.rows()
        check("the stopped one is too late", stopped.go_on().code, 75)
        check_rows("and changes nothing", work.rows(), rows)


def test_killed_holder_is_not_waited_for():
    with Folder() as folder, Hours(shim.FAST) as work:
        work.put(3, 3)
        stopped = shim.Stopped(folder, work, "read", 1, "/a.jsonl", "--due", "--now", clock(4))
        check("held", work.due(4, code=75)["status"], "held")
        stopped.signal(signal.SIGKILL)
        finish(stopped.process, killed=True)
        check("at the same minute", fates(work.due(4)), {window(3): "done"})


def test_interrupted_run_gives_its_lease_back():
    with Folder() as folder, Hours(shim.FAST) as work:
        three_hours(work)
        stopped = shim.Stopped(folder, work, "read", 1, "/02/a.jsonl", "--due", "--now", clock(4))
        stopped.signal(signal.SIGTERM)
        ended = stopped.go_on()
        check(f"interrupted\n{ended}", ended.code, 143)
        check("journal", work.states(), {window(1): "done", window(2): "failed"})
        check("why", (work.entry(2)["error"], work.entry(2)["exit_code"], work.entry(2)["holder"]),
              ("interrupted", 143, None))
        check("the rest", fates(work.due(4)), {window(2): "done", window(3): "done"})


main(globals())
