# SPDX-License-Identifier: Apache-2.0
"""SQLite files that are locked, read-only, no database, damaged or of another schema, as either store:
a clear error, and neither store is touched."""
import os
import sqlite3
import sys
import threading
from contextlib import closing

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import check, check_in, main, run
from product import Work, check_rows, event, line, permissions

STORES = ("latest.db", "history.db")


def contents(work):
    """{name: digest} of the stores; by another process, for closing a file here would give back all
    locks this process has on it."""
    names = [n for n in sorted(os.listdir(work.top)) if n.startswith(("latest", "history"))
             and os.path.isfile(work.path(n))]
    return {n: run(["sha256sum", work.path(n)]).out.split()[0] for n in names}


def refused(work, code, *words, **how):
    """The run ends with `code` and these words, and no byte of a store has changed."""
    before = contents(work)
    done = work.run(code=None, **how)
    check(f"exit code\n{done}\n", done.code, code)
    for word in words:
        check_in("the error", word, done.err)
    after = contents(work)
    check("files", sorted(after), sorted(before))
    for name, data in before.items():
        check(f"{name} is as it was", after[name] == data)
    return done


def with_rows(work):
    """Stores of an earlier run, and an input that would change both."""
    work.events(5)
    work.run(run_id="old")
    work.events(5, first=3)


def test_locked():
    for name, lock in zip(STORES, ("BEGIN EXCLUSIVE", "BEGIN IMMEDIATE")):
        with Work() as work:
            with_rows(work)
            with closing(sqlite3.connect(work.path(name), isolation_level=None)) as db:
                db.execute(lock)
                done = refused(work, 75, name, "lock")
                check_in("what to do", "run again", done.err)
            work.run()
            check("once it is free", len(work.rows()["history.sites"]), 8)


def test_a_reader_in_the_way():
    with Work() as work:
        with_rows(work)
        with closing(sqlite3.connect(work.path("latest.db"), isolation_level=None)) as db:
            db.execute("BEGIN")
            db.execute("SELECT count(*) FROM sites").fetchall()
            refused(work, 75, "latest.db", "lock")


def test_a_lock_that_is_given_back():
    """A run waits for a moment, and then it is as if nothing had been."""
    with Work() as work:
        with_rows(work)
        db = sqlite3.connect(work.path("history.db"), isolation_level=None, check_same_thread=False)
        db.execute("BEGIN EXCLUSIVE")
        timer = threading.Timer(0.5, db.execute, ["ROLLBACK"])
        timer.start()
        work.run()
        timer.join()
        db.close()
        check("rows", len(work.rows()["history.sites"]), 8)


def test_read_only():
    how = permissions()
    for name in STORES:
        with Work() as work:
            with_rows(work)
            os.chmod(work.path(name), 0o444)
            done = refused(work, 1, name, "read-only", **how)
            check_in("what to do", "write access", done.err)
    with Work() as work:
        work.events(3)
        os.makedirs(work.path("shut"))
        os.chmod(work.path("shut"), 0o555)
        for option in ("--latest", "--history"):
            done = work.run(option, "sqlite:" + work.path("shut/new.db"), code=None, **how)
            check(f"{done}", done.code, 1)
            check_in("names the directory", work.path("shut"), done.err)
            check("stores", contents(work), {})
        done = work.run("--dead", work.path("shut/dead"), code=None, **how)
        check(f"nothing is dead, so nothing is written\n{done}", done.code, 0)
        work.input("b.jsonl", b"{\n")
        done = work.run("--dead", work.path("shut/dead"), code=None, **how)
        check(f"dead letters that cannot be kept end the run\n{done}", done.code, 1)


def test_no_database():
    for name in STORES:
        for what, data in (("text", b"once upon a time " * 100), ("short", b"xy"),
                           ("zip", b"PK\x03\x04" + b"\0" * 600), ("header", b"SQLite format 3\0"),
                           ("cut", b"SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20" + b"\xff" * 76)):
            with Work() as work:
                work.events(2)
                work.write(name, data)
                check_in(what, name, refused(work, 1).err)
        with Work() as work:
            work.events(2)
            os.makedirs(work.path(name))
            done = work.run(code=None)
            check(f"{done}", done.code, 1)
            check_in("the error", "a directory", done.err)


def test_an_empty_file_is_an_empty_database():
    with Work() as work:
        work.events(2)
        for name in STORES:
            work.write(name, b"")
        work.run()
        check("rows", len(work.rows()["latest.sites"]), 2)


def test_damaged():
    """Every page in turn is overwritten: an error or a good run, never a crash."""
    with Work() as work:
        with_rows(work)
        with open(work.path("latest.db"), "rb") as file:
            good = file.read()
        for at in range(0, len(good), 4096):
            work.write("latest.db", good[:at + 8] + b"\xa5" * 2000 + good[at + 2008:])
            done = work.run(code=None)
            check(f"page at {at}: {done}", done.code in (0, 1))


def test_another_schema():
    others = ("CREATE TABLE sites (id TEXT PRIMARY KEY, other TEXT)",
              "CREATE TABLE sites (x)", "CREATE VIEW sites AS SELECT 1 AS id",
              "CREATE TABLE deactivations (id INTEGER)")
    for name in STORES:
        for sql in others:
            with Work() as work:
                work.events(2)
                with closing(sqlite3.connect(work.path(name))) as db:
                    db.execute(sql)
                refused(work, 1, name, sql.split()[2])
        with Work() as work:
            with_rows(work)
            with closing(sqlite3.connect(work.path(name))) as db:
                db.execute("ALTER TABLE sites DROP COLUMN is_local_host")
            refused(work, 1, name, "is_local_host")


def test_tables_of_others_and_wal_are_left_alone():
    with Work() as work:
        with_rows(work)
        with closing(sqlite3.connect(work.path("latest.db"))) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("CREATE TABLE mine (x)")
            db.execute("INSERT INTO mine VALUES ('kept')")
            db.commit()
        work.run()
        with closing(sqlite3.connect(work.path("latest.db"))) as db:
            check("mine", db.execute("SELECT x FROM mine").fetchall(), [("kept",)])
            check("mode", db.execute("PRAGMA journal_mode").fetchone(), ("wal",))
        check("rows", len(work.rows()["latest.sites"]), 8)


def test_one_store_for_both():
    """Latest and history have tables of the same names: one file for both must be refused."""
    with Work() as work:
        work.events(2)
        both = "sqlite:" + work.path("both.db")
        done = work.run("--latest", both, "--history", both, code=None)
        check(f"refused\n{done}", done.code in (1, 2, 3))


def test_two_runs_at_once():
    """Five at a time on the same stores: each ends well or asks to be run again; then all is there."""
    with Work() as work, Work() as alone:
        for w in (work, alone):
            w.input("a.jsonl", b"".join(line(event(i)) for i in range(2000)))
        alone.run()
        for _ in range(2):
            running = [work.start() for _ in range(5)]
            codes = [work.finish(p).code for p in running]
            check(f"codes {codes}", all(c in (0, 75) for c in codes))
        work.run()
        work.check_whole()
        check_rows("after them", work.rows(), alone.rows())


main(globals())
