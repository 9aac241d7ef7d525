# SPDX-License-Identifier: Apache-2.0
"""kill -9: before every single system call on a file, and at random instants of a larger run. Running
again leaves exactly what one clean run leaves. Prints its seed; JOIST_SEED sets it."""
import os
import random
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import shim
from harness import Folder, check, main
from product import Work, check_rows

KILLS = 50
SEED = int(os.environ.get("JOIST_SEED", time.time_ns() % 1_000_000))


def test_killed_before_every_call():
    with Folder() as folder, shim.Before(folder) as before:
        for kind in ("open", "write", "sync", "rename", "close", "unlink", "mkdir", "lock"):
            print(f"        {before.every(kind, 'kill')} kills before {kind}")


def test_killed_at_random():
    chance = random.Random(SEED)
    print(f"        seed {SEED}")
    with Work(shim.FAST) as work:
        work.generate(2500, "--hours", "3", "--layout", "files", "--files", "60")
        clean = work.run(run_id="one")
        after, letters = work.rows(), work.dead()
        landed, n = 0, 0
        while landed < KILLS and n < 4 * KILLS:
            n += 1
            if n % 3 == 0:
                work.remove_outputs()           # else over what is there
            process = work.start("--workers", str(chance.choice((1, 2, 4))))
            delay = chance.uniform(0, clean.seconds * 1.1)
            time.sleep(delay)
            process.kill()
            done = work.finish(process, killed=True)
            landed += done.code == -signal.SIGKILL
            work.check_whole()
            for name in os.listdir(work.path("dead")):
                os.unlink(work.path("dead", name))
            work.run(run_id="one")
            check_rows(f"kill {n} after {delay:.3f} s (seed {SEED})", work.rows(), after)
            check(f"dead letters after kill {n}", work.dead(), letters)
        check("kills that hit a running program", landed, KILLS)


def test_killed_twice_in_a_row():
    """A crash of the run that repairs a crash."""
    chance = random.Random(SEED + 1)
    with Work(shim.FAST) as work:
        work.generate(3000)
        clean = work.run(run_id="one")
        after = work.rows()
        for n in range(5):
            work.remove_outputs()
            for _ in range(3):
                process = work.start()
                time.sleep(chance.uniform(clean.seconds / 2, clean.seconds))
                process.kill()
                work.finish(process, killed=True)
            work.run(run_id="one")
            check_rows(f"round {n} (seed {SEED})", work.rows(), after)


main(globals())
