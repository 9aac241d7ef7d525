# SPDX-License-Identifier: Apache-2.0
"""Projects from the table of a latest store: what is kept there means what it means in a file."""
import json
import os
import sqlite3
import sys
from contextlib import closing

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import check, main, program, run
from product import HASH, HASH_OFF, OF_A_RUN, PROJECTS, Work, check_rows, event, lines

EVENTS = [event(1), event(2, hash=HASH_OFF), event(3, hash=HASH.upper()),
          event(4, custom_fields={"note": "a note", "stray": 1}), event(5, reason_id="old")]


def fill(path, key, projects):
    """The table as a person would make it: JSON as text, booleans as 0 and 1."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(f"CREATE TABLE projects ({key} TEXT PRIMARY KEY, hash TEXT, slug TEXT, name TEXT,"
                   " active INTEGER, reasons TEXT, custom_fields TEXT, integrations TEXT)")
        for p in projects:
            db.execute("INSERT INTO projects VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                       (p["_id"], p["hash"], p["slug"], p["name"], int(p.get("active", True)),
                        *(json.dumps(p[k]) if k in p else None
                          for k in ("reasons", "custom_fields", "integrations"))))


def args(work):
    """Without --projects: the latest store is asked first."""
    return [program("deactivate"), "run", "--input", work.path("in"),
            "--latest", "sqlite:" + work.path("latest.db"),
            "--history", "sqlite:" + work.path("history.db"), "--dead", work.path("dead")]


def test_a_table_says_what_the_file_says():
    projects = PROJECTS + [{"_id": "p3", "hash": "0b7c2f52-6a0e-4d0e-9b7e-3f6f2d1c9a03", "slug": "c",
                            "name": "C", "reasons": [{"slug": "old", "label": "Old"}]}]
    for key in ("_id", "id"):
        with Work() as from_file, Work() as from_table:
            for work in (from_file, from_table):
                work.write("projects.jsonl", lines(projects))
                work.input("a.jsonl", lines(EVENTS))
            from_file.run()
            fill(from_table.path("latest.db"), key, projects)
            from_table.run("--projects", "sqlite:" + from_table.path("latest.db"))
            check("codes", [d["code"] for d in from_table.dead()],
                  [d["code"] for d in from_file.dead()])
            check_rows(f"column {key}", from_table.rows(*OF_A_RUN), from_file.rows(*OF_A_RUN))


def test_the_latest_store_comes_before_the_file_in_the_input():
    with Work() as work:
        work.input("a.jsonl", lines(EVENTS))
        work.write("in/projects.jsonl", lines(PROJECTS))
        fill(work.path("latest.db"), "_id", [dict(p, active=False) for p in PROJECTS])
        check("exit code", run(args(work)).code, 0)
        check("all are inactive", {d["code"] for d in work.dead()}, {"inactive_project"})


main(globals())
