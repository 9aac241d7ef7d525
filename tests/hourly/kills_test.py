# SPDX-License-Identifier: Apache-2.0
"""kill -9 of hourly runs: before every call that the journal and the stores make on their files, and
at random instants. The journal never says more than has happened, and running again leaves exactly
what one clean run leaves. Prints its seed; JOIST_SEED sets it."""
import os
import random
import shutil
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import shim
from harness import Failed, Folder, check, finish, main, start
from hours import Hours, clock, window
from product import check_rows

SEED = int(os.environ.get("JOIST_SEED", time.time_ns() % 1_000_000))
AT_RANDOM, SECONDS = 150, 120
ORDER = [None, "planned", "history committed", "latest upserted", "done"]


def letters_of(work):
    """Dead letters without the folder, which every copy has its own of."""
    return [(d["run"], d["code"], d["source"]["offset"], d["attempts"], d["seen_at"], d["raw"])
            for d in work.dead()]


class Case:
    """A folder where hour 1 is done, hour 2 is done but has a late object, hour 3 is new; and what a
    clean run makes of it."""

    def __init__(self):
        self.template = Hours(shim.FAST)
        for hour in (1, 2):
            self.template.put(hour, 3)
        self.template.due(3)
        self.template.put(2, 2, first=50, name="late.jsonl")
        self.template.put(3, 3)
        self.template.input("/2026/08/20/03/bad.json", b'{"bad": ]')
        self.options = ("--due", "--now", clock(4), "--workers", "1")
        self.old_digest = self.template.entry(2)["digest"]
        self.steps = [shim.stores_of(self.template.rows())]
        with self.copy() as work:
            work.run("--since", window(2), "--until", window(3), now=clock(4))
            self.steps.append(shim.stores_of(work.rows()))
        with self.copy() as work:
            work.run(*self.options, now=None)
            self.after, self.letters = work.rows(), letters_of(work)
            self.steps.append(shim.stores_of(self.after))
            self.states = work.states()
        for store in ("history", "latest"):
            check("each step changes something", len({str(s[store]) for s in self.steps}), 3)

    def __enter__(self):
        return self

    def __exit__(self, *how):
        self.template.__exit__(*how)

    def copy(self):
        work = Hours(shim.FAST)
        shutil.copytree(self.template.top, work.top, dirs_exist_ok=True)
        return work

    def step_of(self, work, store):
        """How many hours the store shows: it shows them whole, whenever one looks."""
        rows = shim.stores_of(work.rows())[store]
        shown = [i for i, step in enumerate(self.steps) if step[store] == rows]
        check(f"{store} shows whole hours", len(shown), 1)
        return shown[0]

    def check_journal(self, work):
        """History is first, and no state is told before its time."""
        history, latest = self.step_of(work, "history"), self.step_of(work, "latest")
        check(f"history {history}, latest {latest}", history - latest in (0, 1))
        entries = {e["window"]: e for e in work.journal()}
        for hour in (2, 3):
            entry = entries.get(window(hour), {})
            told = ORDER.index(entry.get("state"))
            if hour == 2 and entry["digest"] == self.old_digest:
                continue                        # what the run before has told is still true
            check(f"hour {hour} is '{entry.get('state')}', history {history}, latest {latest}",
                  (told < 2 or history >= hour - 1) and (told < 3 or latest >= hour - 1))

    def check_again(self, work):
        work.check_whole()
        self.check_journal(work)
        work.run(*self.options, now=None)
        check_rows("run again", work.rows(), self.after)
        check("dead letters", letters_of(work), self.letters)
        check("journal", work.states(), self.states)
        check("nobody holds anything", [e["holder"] for e in work.journal()], [None] * 3)

    def kill_before(self, library, folder, kind, n, inside):
        """False: there is no n-th call."""
        hit = folder.path("hit")
        if os.path.exists(hit):
            os.unlink(hit)
        with self.copy() as work:
            env = {"LD_PRELOAD": library, "JOIST_SHIM": f"{kind}:{n}:kill",
                   "JOIST_SHIM_IN": work.path(inside), "JOIST_SHIM_HIT": hit}
            done = finish(start(work.args(*self.options, now=None), env), killed=True)
            if not os.path.exists(hit):
                return False
            check("killed", done.code, -signal.SIGKILL)
            try:
                self.check_again(work)
            except Failed as error:
                raise Failed(f"killed before call {n} of {kind} on {inside}: {error}") from None
            return True


def kill_everywhere(kinds, inside):
    total = 0
    with Folder() as folder, Case() as case:
        library = shim.build(folder)
        for kind in kinds:
            n = 1
            while case.kill_before(library, folder, kind, n, inside):
                n += 1
            check(f"there are calls of {kind}", n > 1)
            total += n - 1
    print(f"        {total} kills around {inside}")


def test_killed_at_every_transition_of_the_journal():
    """Its transactions become visible by an unlink; each file call before and behind is tried, too."""
    kill_everywhere(("open", "write", "sync", "close", "unlink"), "latest.db-runs")


def test_killed_at_every_commit():
    kill_everywhere(("sync", "unlink"), "history.db")
    kill_everywhere(("sync", "unlink"), "latest.db-journal")


def test_killed_at_random():
    """Several kills in a row, too: a run that repairs what a kill left may be killed itself."""
    chance = random.Random(SEED)
    print(f"        seed {SEED}")
    with Case() as case:
        with case.copy() as work:
            seconds = work.run(*case.options, now=None).seconds
        landed, begun = 0, time.monotonic()
        while landed < AT_RANDOM and time.monotonic() - begun < SECONDS:
            with case.copy() as work:
                for _ in range(chance.choice((1, 1, 3))):
                    process = start(work.args(*case.options, now=None))
                    time.sleep(chance.uniform(0, seconds * 1.2))
                    process.kill()
                    landed += finish(process, killed=True).code == -signal.SIGKILL
                try:
                    case.check_again(work)
                except Failed as error:
                    raise Failed(f"kill {landed} (seed {SEED}): {error}") from None
    print(f"        {landed} kills at random")


def test_day_of_kills():
    """Every hour's run is killed now and then; in the end nothing is lost and nothing is there
    twice."""
    chance = random.Random(SEED + 1)
    with Hours(shim.FAST) as work, Hours(shim.FAST) as clean:
        landed = 0
        for now in range(1, 25):
            for folder in (work, clean):
                folder.put(now - 1, 1 + now % 3)
                if now > 2:
                    folder.put(now - 3, 1, first=50, name="late.jsonl")
            for _ in range(chance.choice((0, 1, 2))):
                process = start(work.args("--due", now=clock(now)))
                time.sleep(chance.uniform(0, 0.03))
                process.kill()
                landed += finish(process, killed=True).code == -signal.SIGKILL
            if chance.random() < 0.5:
                work.due(now)
        work.due(24)
        clean.due(24)
        rows = ("run_id", "ingested_at", "created_at", "updated_at", "body")
        check_rows(f"{landed} kills (seed {SEED})", work.rows(*rows), clean.rows(*rows))
        check("journal", work.states(), clean.states())


main(globals())
