# SPDX-License-Identifier: Apache-2.0
"""Memory is bounded: twenty times the limit goes through, with one key that half of all events share,
under a limit of the kernel as well (ulimit -v); what spills gives the same stores; and where memory
really runs out the run ends with exit 1 and intact stores."""
import json
import os
import re
import resource
import sqlite3
import sys
from contextlib import closing

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import Folder, check, check_in, main, program, run, sanitized, skip
from product import HOUR, OF_A_RUN, Work, check_rows, oracle_run

MIB = 1 << 20
LIMIT = 32 * MIB
TIMES = 20
BESIDE = 32 * MIB           # code, libraries, stacks


def limited(size):
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    return {"preexec_fn": limit}


def real_memory():
    if sanitized():
        skip("a sanitizer needs memory of its own")


def hot_key(data):
    """Every second event is of the same site."""
    records = data.splitlines(keepends=True)
    for i in range(0, len(records), 2):
        records[i] = re.sub(rb'"url":"[^"]*"', b'"url":"https://hot.org"', records[i])
    return b"".join(records)


def large_input(work):
    """20 times the limit from one file by many links: no event has an id of its own, so each path
    makes new ones. Returns the number of events."""
    work.generate_file(3000, "--collector", "0", "--dirt", "0")
    with open(work.path("one.jsonl"), "rb") as file:
        data = hot_key(file.read())
    work.write("one.jsonl", data)
    os.makedirs(work.path("in", HOUR))
    count = -(-LIMIT * TIMES // len(data))
    for i in range(count):
        os.symlink(work.path("one.jsonl"), work.path("in", HOUR, f"{i}.jsonl"))
    return count * data.count(b"\n")


def columns(db, table, without):
    return ", ".join(f'"{row[1]}"' for row in db.execute(f'PRAGMA main.table_info("{table}")')
                     if row[1] not in without)


def differences(work, store, table):
    """Rows of SQLite's that are in one of two stores only."""
    with closing(sqlite3.connect(work.path(f"{store}.db"))) as db:
        db.execute("ATTACH ? AS other", (work.path(f"other-{store}.db"),))
        names = columns(db, table, OF_A_RUN)
        return [db.execute(f'SELECT count(*) FROM (SELECT {names} FROM {a}."{table}" EXCEPT '
                           f'SELECT {names} FROM {b}."{table}")').fetchone()[0]
                for a, b in (("main", "other"), ("other", "main"))]


def test_what_is_spilled_goes_back_to_the_system():
    """Tables of many MiB, filled and spilled over and over: freed memory that the C library kept would
    be several times the limit. First of all tests: the kernel counts what this process held before exec."""
    real_memory()
    with Folder() as folder:
        pairs = folder.path("pairs")
        run([program("bench-pairs"), pairs, "3000000", "1000000", "even"])
        done = run([program("bench-groups"), "run", "--input", f"pairs:{pairs}", "--dry-run", "--dead=",
                    "--memory", str(2 * LIMIT), "--workers", "2", "--summary", "json"])
        summary = json.loads(done.out)
        check("it spilled", summary["spilled_bytes"] > 2 * LIMIT)
        check(f"peak of {summary['peak_memory']} bytes", summary["peak_memory"] < 2 * LIMIT + BESIDE)


def test_twenty_times_the_limit():
    real_memory()
    with Work() as work:
        events = large_input(work)
        s = work.summary("--memory", "32M", "--workers", "2", "--spill-dir", work.top,
                         **limited(512 * MIB))
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        check("all were read", (s["read"]["records"], s["events"]), (events, events))
        check("it went through the disk", s["spilled_bytes"] > LIMIT)
        check(f"{most} bytes at most", most <= LIMIT + BESIDE)
        check("no temporary file is left", [n for n in os.listdir(work.top) if "spill" in n], [])
        other = [f"sqlite:{work.path('other-' + n + '.db')}" for n in ("latest", "history")]
        s = work.summary("--latest", other[0], "--history", other[1], "--memory", "4G")
        check("the other run did not", s["spilled_bytes"], 0)
        for store, table in (("latest", "deactivations"), ("latest", "sites"),
                             ("history", "deactivations"), ("history", "sites")):
            check(f"{store}.{table}", differences(work, store, table), [0, 0])


def test_what_spills_gives_the_same():
    with Work() as work:
        work.generate(7000, "--layout", "files", "--files", "40", "--dirt", "8", "--hours", "2")
        tables, _, _ = oracle_run(work)
        letters = None
        for options in (("--memory", "16M"), ("--memory", "16M", "--workers", "4"),
                        ("--memory", "4G")):
            work.remove_outputs()
            s = work.summary(*options)
            check(f"{options} spills", s["spilled_bytes"] > 0, "16M" in options)
            check_rows(f"{options}", work.rows(*OF_A_RUN), tables)
            check("dead letters", work.dead(), letters or work.dead())
            letters = work.dead()


def test_too_little_for_anything():
    """From hardly enough to start to plenty: exit 1 with a reason or a good run, nothing in between."""
    real_memory()
    codes = []
    with Work() as work:
        work.generate(400)
        work.run()
        after = work.rows()
        for size in range(40 * MIB, 400 * MIB, 12 * MIB):
            work.remove_outputs()
            done = work.run(code=None, **limited(size))
            codes.append(done.code)
            if done.code == 127:            # the loader itself had too little
                continue
            check(f"{size}: {done.code}\n{done.err}", done.code in (0, 1, 75))
            if done.code:
                check_in("it says why", "memory", done.err)
                check("nothing is visible", sum(map(len, work.rows().values())), 0)
            else:
                check_rows(f"{size}", work.rows(), after)
    check("both were met", (1 in codes or 75 in codes, codes[-1]), (True, 0))


main(globals())
