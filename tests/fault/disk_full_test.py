# SPDX-License-Identifier: Apache-2.0
"""The disk is full, for real: a limit on the size of files (which raises SIGXFSZ, too) and small tmpfs,
in steps from nothing to enough. Nothing is ever half visible and the error says what is wrong."""
import os
import resource
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import shim
from harness import Failed, Folder, check, check_in, main, run, skip
from product import Work, check_rows, event, lines

MIB = 1 << 20


def check_stores(work, done, before, after):
    for store, rows in shim.stores_of(work.rows()).items():
        if rows not in (shim.stores_of(before)[store], shim.stores_of(after)[store]):
            raise Failed(f"{store} is half visible\n{done}")
    work.check_whole()
    if done.code == 0:
        check_rows("a run that says it is done", work.rows(), after)


def limited(size):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


def test_a_limit_on_files():
    codes = []
    with Work() as work:
        work.input("a.jsonl", lines(event(i, reason_info="x" * 300) for i in range(400)))
        work.run(run_id="old")
        work.input("b.jsonl", lines(event(i, reason_info="y" * 900) for i in range(300, 1200))
                   + b"{\n" * 50)
        before = work.rows()
        with Work() as whole:
            subprocess.run(["cp", "-r", f"{work.top}/.", whole.top], check=True)
            whole.run()
            after = whole.rows()
        for size in [0, 1, 4096, *range(65536, 3 * MIB, 192 << 10)]:
            with Work() as copy:
                subprocess.run(["cp", "-r", f"{work.top}/.", copy.top], check=True)
                done = copy.run(code=None, preexec_fn=limited(size))
                codes.append(done.code)
                check(f"{size} bytes: exit code\n{done}\n", done.code in (0, 1))
                if done.code:
                    check_in("it says why", "error", done.err.lower())
                check_stores(copy, done, before, after)
                copy.run()
                check_rows("run again", copy.rows(), after)
    check("too little and enough were tried", (1 in codes, codes[-1]), (True, 0))


class Tmpfs:
    """A mounted tmpfs of some size; skips where mounting is not allowed."""

    def __init__(self, folder, size):
        self.path = folder.path("small")
        os.makedirs(self.path, exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", self.path],
                              capture_output=True, check=False)
        if done.returncode:
            skip("a tmpfs cannot be mounted here")

    def __enter__(self):
        return self.path

    def __exit__(self, *_):
        subprocess.run(["umount", self.path], check=True)


def test_stores_on_a_small_disk():
    codes = []
    with Work() as work:
        work.input("a.jsonl", lines(event(i, reason_info="x" * 900) for i in range(800)))
        work.run()
        after = work.rows()
        nothing = {table: {} for table in after}
        for size in [64 << 10, 256 << 10, *range(MIB, 12 * MIB, MIB)]:
            with Folder() as folder, Tmpfs(folder, size) as small:
                options = ("--latest", f"sqlite:{small}/latest.db",
                           "--history", f"sqlite:{small}/history.db")
                done = run(work.args(*options))
                codes.append(done.code)
                check(f"{size} bytes: exit code\n{done}\n", done.code in (0, 1))
                if done.code:
                    check_in("it says so", "full", done.err)
                with Work() as there:
                    for name in os.listdir(small):
                        shutil.copy(os.path.join(small, name), there.top)
                    check_stores(there, done, nothing, after)
    check("too little and enough were tried", (1 in codes, codes[-1]), (True, 0))


def test_dead_letters_on_a_full_disk():
    """They are written before the stores are committed: no rows without their dead letters."""
    with Work() as work, Folder() as folder, Tmpfs(folder, 128 << 10) as small:
        work.events(10)
        work.input("bad.jsonl", b"{" + b"x" * 500 + b"\n" + (b"[" * 400 + b"\n") * 500)
        done = work.run("--dead", small + "/dead", code=None)
        check(f"{done}", done.code, 1)
        check_in("it says so", "No space left", done.err)
        check("rows", sum(map(len, work.rows().values())), 0)
        check("no half file", [n for _, _, names in os.walk(small) for n in names], [])


def test_temporary_files_on_a_full_disk():
    with Work() as work, Folder() as folder, Tmpfs(folder, MIB) as small:
        work.generate(12000, "--layout", "files", "--files", "20")
        done = work.run("--memory", "16M", "--spill-dir", small, code=None)
        check(f"{done.code} {done.err}", done.code, 1)
        check_in("it says where", small, done.err)
        check("rows", sum(map(len, work.rows().values())), 0)
        check("nothing is left there", os.listdir(small), [])


def test_a_full_standard_output():
    with Work() as work, open("/dev/full", "wb") as full:
        work.events(3)
        done = work.run(code=None, stdout=full)
        check(f"{done}", done.code, 1)
        check_in("it says so", "standard output", done.err)
        check("the data is committed", len(work.rows()["latest.sites"]), 3)


main(globals())
