# SPDX-License-Identifier: Apache-2.0
"""The two hourly jobs one after the other: build/deactivate fills, replaces and empties hours of the history,
build/analytics follows its log, and the tables are what the oracle makes of the history. Prints its seed;
JOIST_SEED sets it."""
import json
import os
import random
import shutil
import sqlite3
import sys
from contextlib import closing

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from work import SEED, Work  # noqa: E402
from harness import check, main, program, run  # noqa: E402

SEQUENCES, STEPS = 3, 8
HASHES = {f"p{n}": f"0b7c2f52-6a0e-4d0e-9b7e-3f6f2d1c9a0{n}" for n in (1, 2)}
# Around midnight, so that events of one hour are of two days.
HOURS = ["2026-02-28T22", "2026-02-28T23", "2026-03-01T00", "2026-03-01T01", "2026-03-03T00"]
URLS = [*(f"https://shop{n}.org/" for n in range(8)), "http://localhost/", "http://10.0.0.1/x"]


class Both(Work):
    """An input, and both jobs run over it."""

    def __init__(self, seed):
        super().__init__()
        self.chance = random.Random(seed)
        self.write("projects.jsonl", "".join(json.dumps({"_id": name, "hash": hash_}) + "\n"
                                             for name, hash_ in HASHES.items()))

    def event(self, hour):
        minute = self.chance.randrange(-90, 90)
        day, at = hour[:10], int(hour[11:]) * 60 + minute
        if not 0 <= at < 24 * 60:           # received before or after midnight: of the folder's day or not
            day, at = {"2026-02-28": "2026-03-01", "2026-03-01": "2026-02-28", "2026-03-03": "2026-03-02"}[day], \
                at % (24 * 60)
        received = f"{day}T{at // 60:02}:{at % 60:02}:00.000Z"
        pick = self.chance.choice
        return {"hash": pick(list(HASHES.values())), "url": pick(URLS), "reason_id": pick(["other", "none", None]),
                "reason_info": pick([None, "slow"]), "project_version": pick(["1.0", "1.1", "(none)", None]),
                "wp": {"version": pick(["6.8.1", "6.7"]), "locale": pick(["de_DE", None])},
                "_collector": {"request_id": f"e{self.chance.randrange(60)}", "received_at": received}}

    def change_hour(self):
        """New content for the hour's folder, or none; returns the hour."""
        hour = self.chance.choice(HOURS)
        folder = "in/" + hour.replace("-", "/").replace("T", "/")
        shutil.rmtree(self.path(folder), ignore_errors=True)
        count = self.chance.choice([0, 1, 5, 30])
        self.write(folder + "/a.jsonl", "".join(json.dumps(self.event(hour)) + "\n" for _ in range(count)))
        return hour

    def deactivate(self, *more):
        done = run([program("deactivate"), "run", "--input", self.path("in"), "--projects",
                    self.path("projects.jsonl"), "--latest", "sqlite:" + self.path("latest.db"), "--history",
                    "sqlite:" + self.path("history.db"), "--dead", self.path("dead"), *more])
        check(f"exit code of\n{done}\n", done.code, 0)


def test_the_tables_follow_the_history():
    print(f"        seed {SEED}")
    for number in range(SEQUENCES):
        with Both(SEED + number) as work:
            for step in range(STEPS):
                for _ in range(work.chance.choice([1, 1, 3])):
                    hour = work.change_hour()
                    work.deactivate(*work.chance.choice([["--window", hour], ["--window", hour], []]))
                work.run("--workers", work.chance.choice("124"))
                what = f"seed {SEED + number}, step {step}"
                expected = work.expected()
                work.check(what, expected)
                work.forget("full.db")
                work.run("--full", store="full.db")
                work.check(what + ", --full", expected, "full.db")


def test_a_run_of_the_same_hour_again_changes_no_table():
    with Both(1) as work:
        hour = work.change_hour()
        work.write("in/" + hour.replace("-", "/").replace("T", "/") + "/a.jsonl",
                   "".join(json.dumps(work.event(hour)) + "\n" for _ in range(50)))
        work.deactivate("--window", hour)
        work.run()
        before = work.tables()
        check("there are rows", len(before["analytics_hourly"]) > 0, True)
        work.deactivate("--window", hour)
        work.run()
        check("tables", work.tables(), before)


def test_the_log_has_one_entry_a_day():
    with Both(2) as work:
        for hour in HOURS[:4]:
            work.write("in/" + hour.replace("-", "/").replace("T", "/") + "/a.jsonl",
                       "".join(json.dumps(work.event(hour)) + "\n" for _ in range(40)))
        for _ in range(3):
            work.deactivate()
        with closing(sqlite3.connect(work.path("history.db"))) as db:
            log = db.execute("SELECT project_id, day FROM deactivations_changes").fetchall()
            days = db.execute("SELECT DISTINCT project_id, substr(deactivated_at, 1, 10) FROM deactivations")
            check("the log", sorted(log), sorted(days.fetchall()))


if __name__ == "__main__":
    main(globals())
