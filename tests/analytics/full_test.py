# SPDX-License-Identifier: Apache-2.0
"""build/analytics --full against the oracle: random histories whatever the workers, bundles and memory, and
histories that are none. Prints its seed; JOIST_SEED sets it."""
import os
import random
import sqlite3
import sys
import time
from contextlib import closing

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "oracle"))
import analytics as oracle  # noqa: E402
import analytics_rows as history  # noqa: E402
from harness import Folder, check, check_in, check_same, main, program, run  # noqa: E402

SEED = int(os.environ.get("JOIST_SEED", time.time_ns() % 1_000_000))
HISTORIES, ROWS = 12, 1500


class Work(Folder):
    """A folder with history.db and, after a run, analytics.db."""

    def __init__(self, rows=None):
        super().__init__()
        if rows is not None:
            history.make_history(self.path("history.db"), rows)

    def run(self, *more, code=0):
        done = run([program("analytics"), "run", "--history", "sqlite:" + self.path("history.db"),
                    "--analytics", "sqlite:" + self.path("analytics.db"), "--dead", self.path("dead"), *more])
        check(f"exit code of\n{done}\n", done.code, code)
        return done

    def tables(self):
        return oracle.stored_tables(self.path("analytics.db"))

    def expected(self):
        return oracle.tables_of(oracle.history_rows(self.path("history.db")))

    def check(self, what, expected=None):
        got, want = self.tables(), expected or self.expected()
        for table in oracle.KEYS:
            check_same(f"{what}: {table}", got[table], want[table])


def rows_of(seed, count=ROWS):
    return history.random_rows(random.Random(seed), count)


def test_random_histories_give_what_the_oracle_says():
    print(f"        seed {SEED}")
    for number in range(HISTORIES):
        with Work(rows_of(SEED + number)) as work:
            work.run("--full")
            work.check(f"seed {SEED + number}")


def test_workers_bundles_and_memory_change_nothing():
    print(f"        seed {SEED}")
    with Work(rows_of(SEED, 6000)) as work:
        expected = work.expected()
        for more in (["--workers", "1"], ["--workers", "2"], ["--workers", "4", "--bundle", "7"],
                     ["--workers", "4", "--memory", "16M"], ["--workers", "1", "--bundle", "1"]):
            if os.path.exists(work.path("analytics.db")):
                os.unlink(work.path("analytics.db"))
            work.run("--full", *more)
            work.check(f"{more} seed {SEED}", expected)


def test_again_changes_nothing_and_what_is_gone_goes():
    with Work(rows_of(1)) as work:
        for _ in range(2):
            work.run("--full")
            work.check("the same history")
        history.make_history(work.path("history.db"), rows_of(2, 40))
        work.run("--full")
        work.check("a history with hardly anything of the one before")


def test_order_of_rows_does_not_matter():
    rows = rows_of(3)
    with Work(rows) as work:
        work.run("--full")
        before = work.tables()
        history.make_history(work.path("history.db"), rows[::-1])
        work.run("--full")
        work.check("turned round", before)


# ---- nothing to read -------------------------------------------------------------------------------
def test_no_rows_no_tables_rows():
    with Work([]) as work:
        work.run("--full")
        check("tables", work.tables(), {table: {} for table in oracle.KEYS})
        history.make_history(work.path("history.db"), rows_of(4))
        work.run("--full")
        history.make_history(work.path("history.db"), [])
        work.run("--full")
        check("tables of a history that was emptied", work.tables(), {table: {} for table in oracle.KEYS})


def test_no_table_is_no_rows():
    with Work() as work:
        with closing(sqlite3.connect(work.path("history.db"))) as db, db:
            db.execute("CREATE TABLE something_else (a)")
        work.run("--full")
        check("tables", work.tables(), {table: {} for table in oracle.KEYS})


def test_no_history_is_an_error():
    with Work() as work:
        done = work.run("--full", code=1)
        check_in("the message", "there is no database", done.err)
        check("no store was made", os.path.exists(work.path("analytics.db")), False)


def refused(sql, *words):
    """A history made by `sql` ends the run; the message has the words; the tables of before stay."""
    with Work(rows_of(5, 50)) as work:
        work.run("--full")
        before = work.tables()
        os.unlink(work.path("history.db"))
        with closing(sqlite3.connect(work.path("history.db"))) as db, db:
            db.executescript(sql)
        done = work.run("--full", code=1)
        for word in words:
            check_in("the message", word, done.err)
        check("what was there", work.tables(), before)


def test_another_schema_is_an_error():
    refused("CREATE TABLE deactivations (a, b); INSERT INTO deactivations VALUES (1, 2)", "deactivations",
            "project_id")


def test_a_row_without_time_is_an_error():
    refused("CREATE TABLE deactivations (project_id, deactivated_at, site_key);"
            "INSERT INTO deactivations VALUES ('p1', 'yesterday', 's')", "row 1", "deactivated_at")


def test_no_database_is_an_error():
    with Work() as work:
        work.write("history.db", b"this is text and no database" * 100)
        done = work.run("--full", code=1)
        check_in("the message", "not a SQLite database", done.err)


if __name__ == "__main__":
    main(globals())
