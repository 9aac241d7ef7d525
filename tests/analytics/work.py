# SPDX-License-Identifier: Apache-2.0
"""What the tests of the analytics job share: a folder with a history and the tables made of it."""
import os
import random
import sqlite3
import sys
import time
from contextlib import closing

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
sys.path.insert(0, os.path.join(HERE, "..", "oracle"))
import analytics as oracle  # noqa: E402
import analytics_rows as history  # noqa: E402
from harness import Folder, check, check_same, program, run, start  # noqa: E402

SEED = int(os.environ.get("JOIST_SEED", time.time_ns() % 1_000_000))


class Work(Folder):
    """A folder with history.db and, after a run, analytics.db."""

    def __init__(self, rows=None):
        super().__init__()
        if rows is not None:
            history.make_history(self.path("history.db"), rows)

    def args(self, *more, store="analytics.db"):
        return [program("analytics"), "run", "--history", "sqlite:" + self.path("history.db"), "--analytics",
                "sqlite:" + self.path(store), "--dead", self.path("dead"), *more]

    def run(self, *more, code=0, store="analytics.db"):
        done = run(self.args(*more, store=store))
        check(f"exit code of\n{done}\n", done.code, code)
        return done

    def start(self, *more):
        return start(self.args(*more))

    def tables(self, store="analytics.db"):
        return oracle.stored_tables(self.path(store))

    def expected(self):
        return oracle.tables_of(oracle.history_rows(self.path("history.db")))

    def check(self, what, expected=None, store="analytics.db"):
        got, want = self.tables(store), expected or self.expected()
        for table in oracle.KEYS:
            check_same(f"{what}: {table}", got[table], want[table])

    def sql(self, name, *statements):
        with closing(sqlite3.connect(self.path(name))) as db, db:
            for statement in statements:
                db.execute(statement)

    def forget(self, name="analytics.db"):
        if os.path.exists(self.path(name)):
            os.unlink(self.path(name))


def rows_of(seed, count):
    return history.random_rows(random.Random(seed), count)
