# SPDX-License-Identifier: Apache-2.0
"""Faults on demand: tests/fault/io_shim.c built and preloaded, and what must hold after each of them.

`Before` is a folder with stores of an earlier hour and an input that adds, replaces and removes rows;
every fault starts from a fresh copy of it. Whatever goes wrong, each store is exactly as before or
exactly as after a whole run, and running again leaves what one clean run leaves."""
import os
import shutil
import signal
import subprocess
import time

from harness import SOURCE, Failed, check, check_in, finish, sanitized, skip, start
from product import WINDOW, Work, check_rows, event, lines

CODES = (0, 1, 75)
# Hundreds of small runs, each of which waits for its disk, go faster where there is none. What these
# tests show does not depend on it: what a process wrote is there after it was killed.
FAST = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def build(folder):
    """The shim as a library in `folder`."""
    if sanitized():
        skip("the faults are preloaded, which a sanitizer's own allocator does not bear")
    library = folder.path("io_shim.so")
    subprocess.run([os.environ.get("CC", "cc"), "-std=c11", "-Wall", "-Wextra", "-Werror", "-O1",
                    "-shared", "-fPIC", "-o", library,
                    os.path.join(SOURCE, "tests", "fault", "io_shim.c"), "-ldl"], check=True)
    return library


class Stopped:
    """A run that stands still before call `n` of `kind` on a file whose path contains `inside`."""

    def __init__(self, folder, work, kind, n, inside, *options, **how):
        library = build(folder)
        env = {"LD_PRELOAD": library, "JOIST_SHIM": f"{kind}:{n}:stop", "JOIST_SHIM_IN": inside,
               "JOIST_SHIM_HIT": folder.path("hit")}
        self.process = start(work.args(*options, **how), env)
        _, status = os.waitpid(self.process.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            self.process.returncode = os.waitstatus_to_exitcode(status)
            raise Failed(f"no call {n} of {kind} on {inside}\n{finish(self.process)}")

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, seconds):
        """As time goes by for others."""
        time.sleep(seconds)

    def go_on(self, deadline=60):
        self.process.send_signal(signal.SIGCONT)
        return finish(self.process, deadline=deadline)


def stores_of(rows):
    """Work.rows() by store."""
    return {store: {t: r for t, r in rows.items() if t.startswith(store)}
            for store in ("history", "latest")}


class Before:
    """The state before, and after a whole run, of a copy that every fault gets."""

    def __init__(self, folder, count=40, options=("--window", WINDOW, "--workers", "1")):
        self.folder, self.options = folder, options
        self.library = build(folder)
        self.template = Work(FAST)
        old = [event(i) for i in range(count)]
        self.template.input("a.jsonl", lines(old))
        self.template.run(*options, run_id="old-run")
        new = [event(i, reason_id="none", collector={"received_at": "2026-08-20T03:45:00Z"})
               for i in range(count // 2, count * 3 // 2)]
        self.template.input("a.jsonl", lines(new[:count // 2]))
        self.template.input("b/c.json", lines(new[count // 2:]) + b'{"bad": ]')
        self.before = self.template.rows()
        with self.copy() as work:
            work.run(*options)
            self.after, self.letters = work.rows(), len(work.dead())
        check("the run changes something", self.before != self.after)

    def __enter__(self):
        return self

    def __exit__(self, *how):
        self.template.__exit__(*how)

    def copy(self):
        work = Work(FAST)
        shutil.copytree(self.template.top, work.top, dirs_exist_ok=True)
        return work

    def fault(self, kind, n, how, more=()):
        """One run with one fault: (the program that ended or None if there is no n-th call, what)."""
        with self.copy() as work:
            hit = self.folder.path("hit")
            if os.path.exists(hit):
                os.unlink(hit)
            env = {"LD_PRELOAD": self.library, "JOIST_SHIM": f"{kind}:{n}:{how}",
                   "JOIST_SHIM_IN": work.top, "JOIST_SHIM_HIT": hit}
            done = finish(start(work.args(*self.options, *more), env), killed=how == "kill")
            if not os.path.exists(hit):
                return False
            what = f"call {n} of {kind} gives {how}"
            try:
                self.check_after(work, done, how)
            except Failed as error:
                raise Failed(f"{what}: {error}\n{done}") from None
            return True

    def check_after(self, work, done, how):
        check("exit code is one of 0, 1, 75", how == "kill" or done.code in CODES)
        if done.code > 0:
            check_in("says why", "error", done.err.lower())
        if done.code > 0 and "out of memory" not in done.err:       # that ends it on the spot
            check("no half-written file", [n for _, _, names in os.walk(work.top) for n in names
                                           if ".tmp-" in n], [])
        now = stores_of(work.rows())
        work.check_whole()
        for store, rows in now.items():
            if rows not in (stores_of(self.before)[store], stores_of(self.after)[store]):
                raise Failed(f"{store} is neither as before nor as after")
        if done.code == 0:
            check_rows("a run that says it is done", work.rows(), self.after)
            check("dead letters", len(work.dead()), self.letters)
        work.run(*self.options)
        check_rows("run again", work.rows(), self.after)
        check("dead letters after running again", len(work.dead()), self.letters)

    def every(self, kind, how, step=1, most=400):
        """Faults 1, 1 + step … until there are no such calls any more; how many there were."""
        count = 0
        for n in range(1, most * step, step):
            if not self.fault(kind, n, how):
                break
            count += 1
        check(f"there are calls of {kind}", count > 0)
        return count
