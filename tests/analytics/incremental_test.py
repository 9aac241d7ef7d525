# SPDX-License-Identifier: Apache-2.0
"""build/analytics without --full: after any sequence of changes to the history, each with its entries in the
log of changes, the tables are what the oracle makes of the whole history, and what --full makes of it. The
log is kept here as the store keeps it; tests/analytics/deactivate_test.py has real ones. Prints its seed;
JOIST_SEED sets it."""
import json
import os
import random
import signal
import sqlite3
import sys
import time
from contextlib import closing
from datetime import datetime, timedelta, timezone

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from work import SEED, Work, history, oracle, rows_of  # noqa: E402
from harness import check, finish, main  # noqa: E402

SEQUENCES, STEPS, KILLS = 4, 10, 20
LOG = """CREATE TABLE deactivations_changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, project_id TEXT,
         day TEXT, UNIQUE (project_id, day))"""
ALL = ", ".join(f'"{name}"' for name in history.COLUMNS)


class Logged(Work):
    """A history with a log, changed by one transaction after another."""

    def __init__(self, seed, rows=0):
        super().__init__()
        self.chance, self.number = random.Random(seed), 0
        with closing(sqlite3.connect(self.path("history.db"))) as db, db:
            history.create(db)
            db.execute(LOG)
        self.add(rows)

    def commit(self, removed, added):
        """Rows that meet the SQL condition `removed` go, then `added` come; what changes is logged."""
        with closing(sqlite3.connect(self.path("history.db"))) as db, db:
            days = set(db.execute(f"SELECT project_id, substr(deactivated_at, 1, 10) FROM deactivations"
                                  f" WHERE {removed}"))
            db.execute(f"DELETE FROM deactivations WHERE {removed}")
            for row in added:
                days.update(db.execute("SELECT project_id, substr(deactivated_at, 1, 10) FROM deactivations"
                                       " WHERE window_start = ? AND event_id = ?",
                                       (row["window_start"], row["event_id"])))
                days.add((row["project_id"], row["deactivated_at"][:10]))
            history.insert(db, added)
            for day in sorted(days):
                db.execute("DELETE FROM deactivations_changes WHERE project_id = ? AND day = ?", day)
                db.execute("INSERT INTO deactivations_changes (project_id, day) VALUES (?, ?)", day)

    def new_rows(self, count, wide=None):
        first = datetime(2026, 2, 26, tzinfo=timezone.utc) + timedelta(days=self.chance.choice([0, 0, 3, 30]))
        wide = self.chance.random() < 0.5 if wide is None else wide
        self.number += count
        return [history.random_row(self.chance, self.number - i, first, 6, wide) for i in range(count)]

    def move(self, row, window):
        """Into another window, within 24 hours of which its time must be."""
        at = datetime.fromisoformat(window.replace("Z", "+00:00")) + timedelta(
            minutes=self.chance.choice([-1440, 0, 59, 1440, self.chance.randrange(-1440, 1441)]))
        return row | {"window_start": window, "deactivated_at": history.text_of(at)}

    def add(self, count):
        """Rows of a run without a window; some replace what is there, with another time."""
        rows = self.new_rows(count)
        with closing(sqlite3.connect(self.path("history.db"))) as db:
            keys = db.execute("SELECT window_start, event_id FROM deactivations ORDER BY random() LIMIT 5")
            for number, (window, event) in zip(range(len(rows)), keys.fetchall()):
                rows[number] = self.move(rows[number], window) | {"event_id": event}
        self.commit("0", rows)

    def replace_window(self, count):
        """One hour's rows are replaced by others, or by none."""
        with closing(sqlite3.connect(self.path("history.db"))) as db:
            window = db.execute("SELECT window_start FROM deactivations ORDER BY random()").fetchone()
        if window:
            rows = [self.move(row, window[0]) for row in self.new_rows(count)]
            self.commit(f"window_start = '{window[0]}'", rows)

    def remove_project(self, _):
        self.commit(f"project_id = '{self.chance.choice(history.PROJECTS)}'", [])

    def empty_days(self, _):
        day = self.chance.randrange(26, 32)
        self.commit(f"deactivated_at LIKE '2026-02-{day}%'", [])

    def change(self):
        step = self.chance.choice([self.add, self.add, self.replace_window, self.replace_window,
                                   self.remove_project, self.empty_days])
        step(self.chance.choice([0, 1, 3, 40]))
        return step.__name__

    def cursor(self):
        with closing(sqlite3.connect(self.path("analytics.db"))) as db:
            return db.execute("SELECT seq FROM analytics_cursor").fetchall()

    def last_change(self):
        with closing(sqlite3.connect(self.path("history.db"))) as db:
            return db.execute("SELECT max(seq) FROM deactivations_changes").fetchall()


def check_all(work, what):
    """Tables and cursor are those of the history as it is, and --full into another store says the same."""
    expected = work.expected()
    work.check(what, expected)
    check(f"{what}: cursor", work.cursor(), work.last_change())
    work.forget("full.db")
    work.run("--full", store="full.db")
    work.check(f"{what}, --full", expected, "full.db")


def test_any_sequence_of_changes():
    print(f"        seed {SEED}")
    for number in range(SEQUENCES):
        with Logged(SEED + number, 400) as work:
            done = []
            for step in range(STEPS):
                work.run("--workers", work.chance.choice("124"))
                check_all(work, f"seed {SEED + number}, step {step}, after {done}")
                done += [work.change() for _ in range(work.chance.choice([0, 1, 1, 2, 5]))]


def events_read(work):
    """How many rows of the history the next run looks at."""
    stages = json.loads(work.run("--summary", "json").out)["stages"]
    return next(stage["in"] for stage in stages if stage["name"] == "place")


def test_only_days_that_changed_are_read():
    with Logged(7) as work:
        rows = [row | {"window_start": row["deactivated_at"][:14] + "00:00.000Z"} for row in work.new_rows(3000)]
        days = [f"2026-0{month}-{day:02}" for month in (3, 4, 5, 6) for day in range(1, 29)]
        for number, row in enumerate(rows):
            at = days[number % len(days)] + row["deactivated_at"][10:]
            row.update(deactivated_at=at, window_start=at[:14] + "00:00.000Z")
        work.commit("0", rows)
        everything = events_read(work)
        work.check("everything")
        check("events of everything and of nothing new", (everything, events_read(work)), (len(rows), 0))
        work.commit("0", [rows[0] | {"event_id": "new", "site_key": "new"}])
        check("events of one day", 0 < events_read(work) < everything / 10, True)
        work.check("one day")


# ---- no cursor, no log, another log ----------------------------------------------------------------
def everything_again(what, break_it):
    """After `break_it` the tables are right all the same, although nothing in the log is new."""
    with Logged(SEED, 300) as work:
        work.run()
        with closing(sqlite3.connect(work.path("history.db"))) as db, db:   # unlogged: only a full run sees it
            db.execute("DELETE FROM deactivations WHERE rowid % 2")
        break_it(work)
        work.run()
        work.check(what)


def test_without_a_cursor_everything():
    everything_again("no cursor", lambda work: work.sql("analytics.db", "DELETE FROM analytics_cursor"))
    everything_again("no table of it", lambda work: work.sql("analytics.db", "DROP TABLE analytics_cursor"))


def test_without_a_log_everything():
    everything_again("no log", lambda work: work.sql("history.db", "DROP TABLE deactivations_changes"))
    everything_again("an empty log", lambda work: work.sql("history.db", "DELETE FROM deactivations_changes"))


def test_a_log_that_went_back_is_another_log():
    everything_again("another log", lambda work: work.sql(
        "history.db", "DELETE FROM deactivations_changes WHERE seq > 3"))


def test_another_history_is_everything():
    with Logged(SEED, 300) as work:
        work.run()
        os.rename(work.path("history.db"), work.path("other.db"))
        work.commit = None
        with Logged(SEED + 1, 50) as other:
            for _ in range(30):
                other.add(20)
            os.rename(other.path("history.db"), work.path("history2.db"))
        args = work.args()
        args[args.index("--history") + 1] = "sqlite:" + work.path("history2.db")
        from harness import run as run_program
        check("exit", run_program(args).code, 0)
        check_tables = oracle.tables_of(oracle.history_rows(work.path("history2.db")))
        work.check("another history", check_tables)


def test_full_leaves_a_cursor_to_go_on_from():
    with Logged(SEED, 300) as work:
        work.run("--full")
        check("cursor", work.cursor(), work.last_change())
        work.add(20)
        work.run()
        check_all(work, "after --full")


def test_a_broken_log_is_an_error():
    with Logged(SEED, 50) as work:
        work.run()
        before = work.tables()
        work.sql("history.db", "INSERT INTO deactivations_changes (project_id, day) VALUES ('p1', 'x')")
        done = work.run(code=1)
        check("the message", "log of changes has a day 'x'" in done.err, True)
        check("what was there", work.tables(), before)


# ---- killed ----------------------------------------------------------------------------------------
def test_killed_at_any_instant():
    """The tables are those of before or those of after, and the next run makes them right."""
    print(f"        seed {SEED}")
    with Logged(SEED, 800) as work:
        chance = random.Random(SEED)
        begun = time.monotonic()
        work.run()
        takes, deaths = time.monotonic() - begun, 0
        for number in range(KILLS):
            before = work.tables()
            work.change()
            process = work.start("--workers", "2", *chance.choice([[], ["--full"]]))
            time.sleep(chance.uniform(0, 1.2) * takes)
            process.send_signal(signal.SIGKILL)
            done = finish(process, killed=True)
            deaths += done.code < 0
            after, expected = work.tables(), work.expected()
            check(f"kill {number}, seed {SEED}: before or after", after in (before, expected), True)
            work.run()
            check_all(work, f"kill {number}, seed {SEED}")
        check("some were killed", deaths > 0, True)


if __name__ == "__main__":
    main(globals())
