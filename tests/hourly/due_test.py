# SPDX-License-Identifier: Apache-2.0
"""run --due: which hours are run, when, and what is left alone.

Tests: tools/cli/hourly.c tools/cli/journal_at.c"""
import os
import random
import shutil
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import shim
from harness import Folder, check, check_in, check_same, main
from hours import Hours, clock, fates, window
from product import OF_A_RUN, WINDOW, check_rows

SEED = int(os.environ.get("JOIST_SEED", time.time_ns() % 1_000_000))
LATE_CASES = 200


def test_closed_hours_oldest_first():
    with Hours(shim.FAST) as work:
        for hour in (11, 2, 7):
            work.put(hour, 3)
        found = work.due(12, minute=4)
        check("windows", [w["window"] for w in found["windows"]], [window(2), window(7)])
        check("status", (found["status"], found["exit"], found["window"]), ("done", 0, None))
        check("sums", (found["read"]["records"], found["events"]), (6, 6))
        check("each has its own object", [w["read"]["records"] for w in found["windows"]], [3, 3])
        check("sinks are summed", {s["name"]: s["rows"] for s in found["sinks"]}["history_sites"], 6)
        check("hour 11 is closed five minutes after its end", fates(work.due(12))[window(11)],
              "done")
        check("history", work.events_kept(), [2000, 2001, 2002, 7000, 7001, 7002, 11000, 11001,
                                              11002])
        check("journal", work.states(), {window(h): "done" for h in (2, 7, 11)})


def test_lag():
    with Hours(shim.FAST) as work:
        work.put(3, 1)
        check("an hour's lag", work.due(4, "--lag", "1h", minute=59)["windows"], [])
        check("and over", len(work.due(5, "--lag", "1h", minute=0)["windows"]), 1)


def test_nothing_due_writes_nothing():
    with Hours(shim.FAST) as work:
        work.put(3, 1)
        done = work.run("--due", now=clock(3, 30))
        check_in("says so", "nothing is due", done.out)
        check("and leaves nothing", sorted(os.listdir(work.top)), ["in", "projects.jsonl"])
        summary = work.due(3, minute=30)
        check("JSON", (summary["status"], summary["windows"], summary["stages"]), ("done", [], []))
        check("quiet", work.run("--due", "--quiet", now=clock(3, 30)).out, "")


def test_done_windows_are_left_alone():
    with Hours(shim.FAST) as work:
        work.put(3, 4)
        work.due(4)
        before, entry = work.rows(), work.entry(3)
        check("looked at", fates(work.due(5, run_id="other")), {window(3): "unchanged"})
        check("and again", fates(work.due(6, run_id="other")), {window(3): "unchanged"})
        check("no more", work.due(7, run_id="other")["windows"], [])
        check_rows("nothing changed", work.rows(), before)
        check("journal", {**work.entry(3), "looked": None}, entry)
        check("last look", work.entry(3)["looked"], "2026-08-20T06:05:00.000Z")


def test_force_runs_what_is_unchanged():
    with Hours(shim.FAST) as work:
        work.put(3, 4)
        work.due(4)
        check("forced", fates(work.due(5, "--force", run_id="other")), {window(3): "done"})
        check("by that run", work.entry(3)["run"], f"other-{window(3)}")
        check("not those that are settled", work.due(9, "--force")["windows"][0]["status"], "done")
        check("settled", work.due(10, "--force")["windows"], [])
        kept = work.events_kept()
        check("each event once", kept, [3000, 3001, 3002, 3003])


def test_late_object_is_found_and_counted_once():
    with Hours(shim.FAST) as work:
        work.put(3, 2)
        work.due(4)
        work.put(3, 2, first=50, name="late.jsonl")
        check("found", fates(work.due(5)), {window(3): "done"})
        work.put(3, 1, first=70, name="later.jsonl")
        check("and once more", fates(work.due(6)), {window(3): "done"})
        check("each once", work.events_kept(), [3000, 3001, 3050, 3051, 3070])
        check("settled", work.due(7)["windows"], [])


def test_recheck_is_for_so_many_hours():
    with Hours(shim.FAST) as work:
        work.put(3, 2)
        work.due(4, "--recheck", "0")
        work.put(3, 1, first=50, name="late.jsonl")
        check("not looked for", work.due(5, "--recheck", "0")["windows"], [])
        check("a longer recheck finds it", fates(work.due(9, "--recheck", "5")),
              {window(3): "done"})


def test_object_that_comes_while_its_hour_is_run():
    """The listing is taken; what comes then is not read, and not believed to have been."""
    with Folder() as folder, Hours(shim.FAST) as work:
        work.put(3, 2)
        stopped = shim.Stopped(folder, work, "read", 1, "/a.jsonl", "--due", "--now", clock(4))
        work.put(3, 2, first=50, name="late.jsonl")
        check("goes on", stopped.go_on().code, 0)
        check("not read", work.events_kept(), [3000, 3001])
        check("found by the next", fates(work.due(5)), {window(3): "done"})
        check("each once", work.events_kept(), [3000, 3001, 3050, 3051])


def test_late_objects_at_random():
    """Objects of a day come at any time up to two hours late, runs go every hour: all is there, once,
    as if everything had been there from the begin."""
    chance = random.Random(SEED)
    print(f"        seed {SEED}")
    with Hours(shim.FAST) as work, Hours(shim.FAST) as clean:
        coming, late, n = {}, 0, 0
        while late < LATE_CASES:
            n += 1
            hour = chance.randrange(0, 20)
            arrives = hour + chance.choice((0, 1, 1, 2, 2))
            late += arrives > hour
            coming.setdefault(arrives, []).append((hour, chance.randrange(1, 4), n))
        for now in range(0, 24):
            work.due(now, minute=5)
            for hour, count, n in coming.get(now, []):
                for folder in (work, clean):
                    folder.put(hour, count, first=(n * 3) % 998, name=f"{n}.jsonl")
        clean.due(24)
        check_rows(f"as if nothing had been late (seed {SEED})",
                   work_rows(work), work_rows(clean))
        check("windows", work.states(), clean.states())


def work_rows(work):
    return work.rows(*OF_A_RUN)


def test_missed_day_is_caught_up():
    with Hours(shim.FAST) as work:
        for hour in range(0, 30):
            work.put(hour, 1)
        work.due(2)
        check("two so far", len(work.journal()), 2)
        found = work.due(30)
        check("the rest, oldest first", [w["window"] for w in found["windows"]],
              [window(h) for h in range(0, 30)])
        check("those of before are looked at", [w["status"] for w in found["windows"]],
              ["unchanged"] * 2 + ["done"] * 28)
        check("all there", work.events_kept(), [h * 1000 for h in range(30)])


def test_clock_that_jumps_back():
    with Hours(shim.FAST) as work:
        work.put(3, 1)
        work.put(4, 1)
        work.due(4)
        before = work.rows()
        check("an hour back nothing is closed", work.due(3)["windows"], [])
        check("nor a day", work.due(-20)["windows"], [])
        check_rows("nothing changed", work.rows(), before)
        check("and it goes on", fates(work.due(5)), {window(3): "unchanged", window(4): "done"})


def test_clock_that_was_ahead():
    """A run by a clock that is a day ahead meets the hour that is just being written."""
    with Hours(shim.FAST) as work:
        work.put(3, 1)
        work.due(27)
        work.put(3, 1, first=50, name="rest.jsonl")
        check("the right clock does not believe it", fates(work.due(4)), {window(3): "done"})
        check("all there", work.events_kept(), [3000, 3050])


def test_window_run_while_its_hour_goes_on():
    with Hours(shim.FAST) as work:
        work.put(3, 1)
        work.run("--window", WINDOW, now=clock(3, 30))
        check("done", work.states(), {window(3): "done"})
        work.put(3, 1, first=50, name="rest.jsonl")
        check("but not the end of it, however late", fates(work.due(23)), {window(3): "done"})
        check("all there", work.events_kept(), [3000, 3050])


def test_window_always_runs():
    with Hours(shim.FAST) as work:
        work.put(3, 2)
        work.due(4)
        first = work.entry(3)
        summary = work.summary("--window", WINDOW, now=clock(4), run_id="again")
        check("the usual object", (summary["window"], summary["run"], "windows" in summary),
              (WINDOW, "again", False))
        again = work.entry(3)
        check("journal", (again["run"], again["state"], again["digest"]),
              ("again", "done", first["digest"]))
        check("with a greater number", again["number"] > first["number"])


def test_backfill():
    with Hours(shim.FAST) as work, Hours(shim.FAST) as other:
        for hour in (1, 2, 3, 4, 5):
            work.put(hour, 2)
        found = work.summary("--since", window(2), "--until", window(4), now=clock(9))
        check("only those", fates(found), {window(2): "done", window(3): "done"})
        found = work.summary("--since", window(1), now=clock(5))
        check("to the last closed hour, without those that are unchanged", fates(found),
              {window(1): "done", window(2): "unchanged", window(3): "unchanged",
               window(4): "done"})
        found = work.summary("--since", window(2), "--until", window(4), "--force", now=clock(9))
        check("forced", set(fates(found).values()), {"done"})
        os.unlink(work.path("in/2026/08/20/02/a.jsonl"))
        found = work.summary("--since", window(2), "--until", window(4), now=clock(9))
        check("an hour whose input is gone is emptied", fates(found),
              {window(2): "done", window(3): "unchanged"})
        check("history", work.events_kept(), [1000, 1001, 3000, 3001, 4000, 4001])
        shutil.copytree(work.path("in"), other.path("in"), dirs_exist_ok=True)
        other.due(5)
        check_same("as by --due", other.rows("run_id", "ingested_at")["history.sites"],
                   work.rows("run_id", "ingested_at")["history.sites"])


def test_dry_run_changes_nothing():
    with Hours(shim.FAST) as work:
        work.put(3, 2)
        work.put(4, 2)
        for words in (("--due",), ("--since", window(3)), ("--window", window(3))):
            found = work.summary(*words, "--dry-run", now=clock(9))
            check(f"{words} reads", found["read"]["records"], 2 if "--window" in words else 4)
            check("and leaves nothing", sorted(os.listdir(work.top)), ["in", "projects.jsonl"])
        work.due(4)
        found = work.due(5, "--dry-run")
        check("what would be run", fates(found), {window(3): "unchanged", window(4): "done"})
        check("the journal is as it was", work.states(), {window(3): "done"})


def test_store_that_is_gone_begins_anew():
    with Hours(shim.FAST) as work:
        work.put(3, 2)
        work.put(4, 2)
        work.due(5)
        before, number = work.rows(), work.entry(3)["number"]
        os.unlink(work.path("latest.db"))
        check("its journal is void", work.journal(), [])
        check("all again", fates(work.due(5)), {window(3): "done", window(4): "done"})
        check_rows("same rows", work.rows(), before)
        check("numbers go on: history has seen the old ones", work.entry(3)["number"] > number)


def test_journal_that_is_gone_begins_anew():
    with Hours(shim.FAST) as work:
        work.put(3, 2)
        work.due(4)
        before = work_rows(work)
        os.unlink(work.path("latest.db-runs"))
        check("all again", fates(work.due(5)), {window(3): "done"})
        check_rows("same rows", work_rows(work), before)


def test_failure_ends_the_loop_and_the_rest_is_due():
    with Hours(shim.FAST) as work:
        for hour in (1, 2, 3):
            work.put(hour, 2)
        work.due(2)
        with open(work.path("history.db"), "r+b") as file:
            good = file.read()
            file.seek(0)
            file.write(b"this is no database any more, not at all........")
        found = work.due(4, code=1)
        check("the first one failed, the next were not tried", fates(found),
              {window(1): "unchanged", window(2): "failed"})
        check("exit", (found["exit"], found["status"]), (1, "failed"))
        check_in("why", "not a SQLite database", found["error"]["message"])
        check("journal", work.states(), {window(1): "done", window(2): "failed"})
        check_in("why", "not a SQLite database", work.entry(2)["error"])
        with open(work.path("history.db"), "r+b") as file:
            file.write(good)
        check("repaired", fates(work.due(4)), {window(2): "done", window(3): "done"})
        check("error is gone", work.entry(2)["error"], None)


def test_too_many_rejected_is_done_and_goes_on():
    with Hours(shim.FAST) as work:
        work.put(1, 2)
        work.put(2, 2)
        work.input("/2026/08/20/01/bad.json", b"[1,")
        found = work.due(3, "--max-rejected", "0", code=4)
        check("both", fates(found), {window(1): "done", window(2): "done"})
        check("exit codes", [w["exit"] for w in found["windows"]], [4, 0])
        check("journal", (work.entry(1)["state"], work.entry(1)["exit_code"]), ("done", 4))
        check("dead letters by run", len(work.dead()), 1)


def test_options_that_do_not_fit():
    with Hours(shim.FAST) as work:
        work.put(1, 1)
        for words, code, part in (
                (("--due", "--window", WINDOW), 2, "--window cannot be given with it"),
                (("--due", "--since", WINDOW), 2, "--since cannot"),
                (("--due", "--until", WINDOW), 2, "--until cannot"),
                (("--due", "--lag", "soon"), 2, "a duration such as 5m"),
                (("--due", "--lag", "-5m"), 2, "a duration"), (("--due", "--lag", "8d"), 2, "7d"),
                (("--due", "--lease", "0s"), 2, "between 1s and 1d"),
                (("--due", "--recheck", "-1"), 2, "--recheck"),
                (("--due", "--trace-record", "x:1"), 2, "give the --window"),
                (("--due", "--input", "/no/such"), 1, "cannot read '/no/such'"),
                (("--since", "today"), 3, "'today'")):
            done = work.run(*words, code=code)
            check_in(f"{words}", part, done.err)
            if code != 1:
                check_in(f"check says the same of {words}", part,
                         work.run(*words, verb="check", code=code).err)
        check("nothing was written", sorted(os.listdir(work.top)), ["in", "projects.jsonl"])


def test_files_of_the_run():
    """Metrics and page are of the whole; dead letters of each window."""
    with Hours(shim.FAST) as work:
        work.put(1, 2)
        work.put(2, 3)
        work.run("--due", "--metrics-out", work.path("m.prom"), "--report", work.path("r.html"),
                 now=clock(4))
        with open(work.path("m.prom"), encoding="utf-8") as file:
            check_in("metrics", 'joist_records_total{pipeline="deactivate"} 5', file.read())
        check("page", os.path.getsize(work.path("r.html")) > 1000)
        work.run("--due", "--metrics-out", work.path("m.prom"), now=clock(9))
        with open(work.path("m.prom"), encoding="utf-8") as file:
            check_in("metrics of nothing", 'joist_records_total{pipeline="deactivate"} 0',
                     file.read())


main(globals())
