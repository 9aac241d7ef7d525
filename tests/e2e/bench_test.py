# SPDX-License-Identifier: Apache-2.0
"""tools/bench/bench runs, and its table has a row for everyone. Nothing is said about times."""
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
                      "one event, exec to exit", "history_sites"):
            self.assertIn(title, rows)
        self.assertEqual(rows["Joist, four SQLite tables"][0], f"{EVENTS:,}")
        self.assertEqual(rows["2x"][0], f"{2 * EVENTS:,}")
        self.assertNotIn("out", left)

    def test_an_unknown_name_is_usage(self):
        done = bench("--only", "joist,spark")
        self.assertEqual(done.returncode, 2)
        self.assertIn("spark", done.stderr)


if __name__ == "__main__":
    unittest.main()
