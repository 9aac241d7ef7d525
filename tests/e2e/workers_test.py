# SPDX-License-Identifier: Apache-2.0
"""One result whoever does the work: workers 1, 2, 7, 64 times bundles of 1, 2, 7 and as they come, with
and without a window, over files of every kind, and in hours that are run in any order."""
import itertools
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import check, main
from product import OF_A_RUN, Work, check_rows, oracle_run

WORKERS, BUNDLES = (1, 2, 7, 64), (1, 2, 7, 0)


def test_workers_and_bundles():
    with Work() as work:
        work.generate(1500, "--hours", "3", "--dirt", "10", "--gzip")
        tables, _, _ = oracle_run(work)
        letters = None
        for workers, bundle in itertools.product(WORKERS, BUNDLES):
            work.remove_outputs()
            options = ("--workers", str(workers), "--bundle", str(bundle))
            work.run(*options)
            check_rows(f"{options}", work.rows(*OF_A_RUN), tables)
            letters = letters or work.dead()
            check(f"{options}: dead letters", work.dead(), letters)


def test_a_large_file_is_shared():
    """Ranges of one file, cut wherever they happen to be cut."""
    with Work() as work:
        work.generate_file(6000, "--dirt", "5")
        os.rename(work.path("one.jsonl"), work.path("in/one.jsonl"))
        tables, _, _ = oracle_run(work)
        for workers in ("1", "2", "7"):
            work.remove_outputs()
            work.run("--workers", workers)
            check_rows(f"{workers} workers", work.rows(*OF_A_RUN), tables)


def test_the_same_run_twice():
    with Work() as work:
        work.generate(800, "--dirt", "5")
        work.run()
        first, letters = work.rows(), work.dead()
        for _ in range(2):
            work.run()
            check_rows("again", work.rows(), first)
            check("dead letters", work.dead(), letters)


def test_hours_in_any_order():
    """A day of hourly runs, shuffled and some twice, ends as one run over all of it."""
    seed = int(os.environ.get("JOIST_SEED", "7"))
    with Work() as work:
        work.generate(900, "--hours", "6", "--hour", "2026-08-20T00", "--dirt", "3")
        work.run()
        whole = work.rows(*OF_A_RUN)
        hours = [f"2026-08-20T{hour:02}" for hour in range(6)] + ["2026-08-20T02", "2026-08-20T04"]
        for round_ in range(3):
            work.remove_outputs()
            random.Random(seed + round_).shuffle(hours)
            for hour in hours:
                work.run("--window", hour)
            check_rows(f"order {hours}", work.rows(*OF_A_RUN), whole)


main(globals())
