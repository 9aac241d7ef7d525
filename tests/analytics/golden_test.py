# SPDX-License-Identifier: Apache-2.0
"""Are the expectations of tests/golden/analytics right? The history of every case is given to the oracle, and
the tables it makes must be what expect/ says. The pipeline is not run here; `analytics test` does that."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "oracle"))
import analytics as oracle  # noqa: E402
from harness import SOURCE, check, check_same, main  # noqa: E402

CASES = os.path.join(SOURCE, "tests", "golden", "analytics")


def rows(*path):
    try:
        with open(os.path.join(CASES, *path), encoding="utf-8") as file:
            return [json.loads(text) for text in file]
    except FileNotFoundError:
        return []


def expected(case):
    return {table: {tuple(row[k] for k in key): row
                    for row in rows(case, "expect", f"analytics.{table}.jsonl")}
            for table, key in oracle.KEYS.items()}


def test_the_oracle_agrees_with_every_case():
    cases = sorted(name for name in os.listdir(CASES) if os.path.isdir(os.path.join(CASES, name)))
    check("there are cases", len(cases) > 15)
    for case in cases:
        if not os.path.exists(os.path.join(CASES, case, "expect", "summary.json")):
            history = [dict.fromkeys(oracle.READ) | row
                       for row in rows(case, "side", "history", "deactivations.jsonl")]
            want = oracle.tables_of(history)
            for table, found in expected(case).items():
                check_same(f"{case}: {table}", found, want[table])


if __name__ == "__main__":
    main(globals())
