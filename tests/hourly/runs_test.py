# SPDX-License-Identifier: Apache-2.0
"""runs ls and runs show: what the journal says, for people and for programs.

Tests: tools/cli/runs.c tools/joist/runs.c"""
import json
import os
import sqlite3
import stat
import sys
from contextlib import closing

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import shim
from harness import Folder, check, check_in, main, program, run
from hours import Hours, clock, window
from product import permissions

FIELDS = ["pipeline", "window", "state", "run", "number", "holder", "lease_until", "digest",
          "started", "ended", "looked", "records", "events", "rejected", "rows", "exit_code", "error"]


def runs(work, *words, code=0, of="deactivate", **how):
    done = run([program(of), "runs", *words, "--latest", "sqlite:" + work.path("latest.db")], **how)
    check(f"exit code\n{done}", done.code, code)
    return done


def filled():
    work = Hours(shim.FAST)
    for hour in (1, 2):
        work.put(hour, 2)
    work.input("/2026/08/20/02/bad.json", b"[1,")
    work.due(3)
    return work


def test_ls():
    with filled() as work:
        lines = runs(work, "ls").out.splitlines()
        check("a line per window under a heading", [line.split()[0] for line in lines],
              ["window", window(1), window(2)])
        check("numbers", lines[2].split()[1:8], ["done", "2026-08-20T03:05:00Z", "3", "2", "1",
                                                 "10", "0"])
        objects = json.loads(runs(work, "ls", "--json").out)
        check("members", [list(o) for o in objects], [FIELDS] * 2)
        check("values", (objects[1]["state"], objects[1]["records"], objects[1]["rejected"],
                         objects[1]["run"], objects[1]["started"]),
              ("done", 3, 1, f"test-run-{window(2)}", "2026-08-20T03:05:00.000Z"))
        check("a digest", len(objects[1]["digest"]), 64)


def test_show():
    with filled() as work:
        lines = dict(line.split(None, 1) for line in runs(work, "show", window(2)).out.splitlines())
        check("every field", list(lines), FIELDS)
        check("values", (lines["state"], lines["records"], lines["holder"]), ("done", "3", "-"))
        check("JSON", json.loads(runs(work, "show", window(2), "--json").out)["window"], window(2))


def test_what_is_not_there():
    with Hours(shim.FAST) as work:
        check_in("no journal", "no runs in the journal of sqlite:", runs(work, "ls").out)
        check("JSON", json.loads(runs(work, "ls", "--json").out), [])
        check("nothing was made", sorted(os.listdir(work.top)), ["in", "projects.jsonl"])
        check_in("no window", "has no window 2026-08-20T01",
                 runs(work, "show", window(1), code=1).err)
        for words in ((), ("show",), ("rm",), ("ls", "x"), ("show", window(1), window(2))):
            check_in(f"{words}", "runs wants one of: ls, show WINDOW",
                     runs(work, *words, code=2).err)
        check_in("no hour", "is no window (write it YYYY-MM-DDTHH)",
                 runs(work, "show", "today", code=2).err)
        done = run([program("deactivate"), "runs", "ls", "--latest", "out.jsonl"])
        check("files keep none", done.code, 2)
        check_in("files keep none", "'out.jsonl' keeps no journal", done.err)


def test_running_and_killed():
    with Folder() as folder, Hours(shim.FAST) as work:
        work.put(3, 2)
        stopped = shim.Stopped(folder, work, "read", 1, "/a.jsonl", "--due", "--now", clock(4))
        entry = json.loads(runs(work, "show", window(3), "--json").out)
        check("planned", (entry["state"], entry["lease_until"]),
              ("planned", "2026-08-20T04:15:00.000Z"))
        check_in("by this process", f"/{stopped.process.pid}.", entry["holder"])
        check_in("in the list", entry["holder"], runs(work, "ls").out)
        check("goes on", stopped.go_on().code, 0)


def test_program_joist_knows_all_pipelines():
    with filled() as work:
        with closing(sqlite3.connect(work.path("latest.db-runs"))) as db:
            db.execute("INSERT INTO runs (pipeline, window, state) VALUES (?, ?, ?)",
                       ("other\x1b[31m", window(1), "done"))
            db.commit()
        own = json.loads(runs(work, "ls", "--json").out)
        check("a pipeline its own", {o["pipeline"] for o in own}, {"deactivate"})
        every = json.loads(runs(work, "ls", "--json", of="joist").out)
        check("joist all", [(o["window"], o["pipeline"]) for o in every],
              [(window(1), "deactivate"), (window(1), "other\x1b[31m"), (window(2), "deactivate")])
        text = runs(work, "ls", of="joist").out
        check("a column for them", text.split()[0], "pipeline")
        check("no escape sequence gets through", "\x1b" in text, False)
        check_in("help", "--latest URI", run([program("joist"), "runs", "--help"]).out)


def test_read_only_and_broken_journals():
    how = permissions()
    with filled() as work:
        os.chmod(work.path("latest.db-runs"), stat.S_IREAD)
        os.chmod(work.top, stat.S_IREAD | stat.S_IEXEC)
        check("it can be read", len(json.loads(runs(work, "ls", "--json", **how).out)), 2)
        done = work.run("--due", "--force", now=clock(4), code=1, **how)
        check_in("and a run says why it cannot", "it is read-only here", done.err)
        os.chmod(work.top, 0o755)
        os.chmod(work.path("latest.db-runs"), 0o644)
        with open(work.path("latest.db-runs"), "wb") as file:
            file.write(b"no journal at all, but long enough to be looked at" * 20)
        for words in (("runs", "ls"), ("run", "--due", "--input", work.path("in"))):
            done = run([program("deactivate"), *words, "--latest",
                        "sqlite:" + work.path("latest.db")])
            check(f"{words}", done.code, 1)
            check_in(f"{words}", "not a SQLite database", done.err)


main(globals())
