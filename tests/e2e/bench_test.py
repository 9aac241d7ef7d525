# SPDX-License-Identifier: Apache-2.0
"""tools/bench/bench runs, and its table has a row for everyone. Nothing is said about times."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

BENCH = os.path.join(os.environ["JOIST_SOURCE"], "tools", "bench", "bench")
EVENTS = 400


def bench(*options):
    return subprocess.run([sys.executable, BENCH, "--no-build", *options], capture_output=True,
                          text=True, check=False)


def rows_of(text):
    """{first cell: the other cells} of all tables."""
    rows = {}
    for line in text.split("\n"):
        if line.startswith("|"):
            first, *rest = (cell.strip() for cell in line.strip("|").split("|"))
            rows.setdefault(first, rest)
    return rows


def program(name):
    return os.path.join(os.environ["JOIST_BUILD"], name)


def totals(folder, job, first, *second):
    right = ["--right", f"pairs:{folder}/{second[0]}"] if second else []
    done = subprocess.run([program("bench-groups"), "run", "--input", f"pairs:{folder}/{first}", *right,
                           "--job", job, "--dry-run", "--dead=", "--summary", "json"],
                          capture_output=True, text=True, check=True)
    return next(stage["counters"] for stage in json.loads(done.stdout)["stages"]
                if stage["name"] == "drop")


class BenchTest(unittest.TestCase):
    def test_a_small_run_has_all_rows(self):
        with tempfile.TemporaryDirectory() as folder:
            markdown = os.path.join(folder, "table.md")
            done = bench("--quick", "--only", "joist,floors", "--events", str(EVENTS),
                         "--scale", "1,2", "--dir", folder, "--markdown", markdown)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(markdown, encoding="utf-8") as file:
                self.assertEqual(file.read(), done.stdout[:-1])
            left = os.listdir(os.path.join(folder, str(EVENTS)))
        rows = rows_of(done.stdout)
        for title in ("floor: reading the bytes", "floor: strict parse, our walk", "Joist --dry-run",
                      "Joist, four SQLite tables", "1x", "2x", "0 empty DoFns", "20 empty DoFns",
                      "one event, exec to exit", "history_sites", "Joist --full"):
            self.assertIn(title, rows)
        self.assertEqual(rows["Joist, four SQLite tables"][0], f"{EVENTS:,}")
        self.assertEqual(rows["2x"][0], f"{2 * EVENTS:,}")
        self.assertEqual(rows["Joist --full"][0], f"{25 * EVENTS:,}")
        self.assertNotIn("out", left)

    def test_groups_has_all_jobs(self):
        with tempfile.TemporaryDirectory() as folder:
            done = bench("--quick", "--only", "joist,groups", "--events", str(EVENTS), "--dir", folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = rows_of(done.stdout)
        for title in ("combine, 10 keys: Joist", "combine, 1,000,000 keys: Joist", "combine, zipf: Joist",
                      "group, 10,000 keys: Joist", "group, zipf: Joist", "join: Joist"):
            self.assertIn(title, rows)
        self.assertEqual(rows["combine, zipf: Joist"][0], f"{50 * EVENTS:,}")
        self.assertEqual(rows["join: Joist"][0], f"{EVENTS // 2 + 5 * EVENTS:,}")

    def test_groups_finds_every_pair(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, count in (("left", 40), ("right", 100)):
                made = subprocess.run([program("bench-pairs"), os.path.join(folder, name), str(count),
                                       "40", "once"], check=False)
                self.assertEqual(made.returncode, 0)
            for job, wanted in (("combine", (40, 100)), ("group", (40, 100)), ("join", (100, 100))):
                sides = ("right",) if job != "join" else ("left", "right")
                counters = totals(folder, job, *sides)
                self.assertEqual((counters["rows"], counters["count"]), wanted, job)

    def test_an_unknown_name_is_usage(self):
        done = bench("--only", "joist,spark")
        self.assertEqual(done.returncode, 2)
        self.assertIn("spark", done.stderr)


if __name__ == "__main__":
    unittest.main()
