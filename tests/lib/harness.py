# SPDX-License-Identifier: Apache-2.0
"""What all scripts of tests/ share: checks, skipping, running a program, a folder that goes away.

A script is a list of functions test_*, run in the order of the file by main(); words on the command
line pick those whose name contains one. A failed check ends its test, not the script. Every program
is run with a deadline: one that hangs or dies by a signal nobody sent fails the test."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass

BUILD = os.environ.get("JOIST_BUILD", "build")
SOURCE = os.environ.get("JOIST_SOURCE", os.getcwd())
DEADLINE = 120
SANITIZERS = ("AddressSanitizer", "LeakSanitizer", "ThreadSanitizer", "runtime error:")


class Failed(Exception):
    """A check that did not hold."""


class Skipped(Exception):
    """A test that cannot be run here, and why."""


def check(what, got, want=True):
    """`got` must equal `want`."""
    if got != want:
        raise Failed(f"{what}\n  got  {shown(got)}\n  want {shown(want)}")


def check_in(what, part, whole):
    if part not in whole:
        raise Failed(f"{what}\n  missing {shown(part)}\n  in      {shown(whole)}")


def check_not_in(what, part, whole):
    if part in whole:
        raise Failed(f"{what}\n  found {shown(part)}\n  in    {shown(whole)}")


def check_same(what, got, want):
    """Two dicts are the same; says which keys are not."""
    if got == want:
        return
    keys = [k for k in {**want, **got} if got.get(k) != want.get(k)]
    parts = [f"  {k!r}\n    got  {shown(got.get(k))}\n    want {shown(want.get(k))}"
             for k in keys[:3]]
    raise Failed(f"{what}: {len(keys)} differ\n" + "\n".join(parts))


def shown(value):
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) < 1500 else text[:1500] + f"… ({len(text)} characters)"


def skip(why):
    raise Skipped(why)


def sanitized():
    """Whether the programs under test have a sanitizer in them."""
    with open(os.path.join(BUILD, "CMakeCache.txt"), encoding="utf-8") as cache:
        return any(line.startswith("JOIST_SANITIZE:") and line.strip()[-1] != "="
                   for line in cache)


def program(name):
    """The path of a program of this build; the whole script is skipped without it."""
    path = os.path.join(os.path.abspath(BUILD), name)
    if not os.path.exists(path):
        print(f"there is no {path}")
        sys.exit(77)
    return path


# ---- running -------------------------------------------------------------------------------------

@dataclass
class Done:
    """A program that has ended."""
    args: list
    code: int
    out: str
    err: str
    seconds: float

    def __str__(self):
        return f"$ {' '.join(self.args)}\nexit {self.code}\n{self.out}{self.err}"


def environment(more=None):
    """Ours without JOIST_…, so that what a developer has set changes no test."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("JOIST_")}
    return env | {"TZ": "UTC", "LC_ALL": "C.UTF-8"} | (more or {})


def start(args, env=None, **more):
    """The running program; its output is read by finish()."""
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([os.fspath(a) for a in args], env=environment(env), **options | more)


def text_of(data):
    return (data or b"").decode("utf-8", "backslashreplace")


def finish(process, begun=None, deadline=DEADLINE, killed=False):
    """Waits for the end. A sanitizer's report or an unsent signal is a failure of its own."""
    begun = begun or time.monotonic()
    args = [text_of(a) if isinstance(a, bytes) else a for a in process.args]
    try:
        out, err = process.communicate(timeout=deadline)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Failed(f"hangs: no end after {deadline} s of {args}") from None
    done = Done(args, process.returncode, text_of(out), text_of(err), time.monotonic() - begun)
    if done.code < 0 and not killed:
        raise Failed(f"died by {signal.Signals(-done.code).name}\n{done}")
    if any(word in done.err for word in SANITIZERS):
        raise Failed(f"a sanitizer complains\n{done}")
    return done


def run(args, env=None, deadline=DEADLINE, killed=False, **more):
    begun = time.monotonic()
    return finish(start(args, env, **more), begun, deadline, killed)


# ---- a script ------------------------------------------------------------------------------------

class Folder:
    """A temporary folder, removed at the end of a `with`; `inside`: where to make it."""

    def __init__(self, inside=None):
        self.top = tempfile.mkdtemp(prefix="joist-test.", dir=inside)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["chmod", "-R", "u+rwx", self.top], check=False)
        shutil.rmtree(self.top, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.top, *names)

    def write(self, name, data):
        """A file with its folders; returns its path."""
        path = os.path.join(os.fsencode(self.top), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
        return os.fsdecode(path)


def run_one(name, test):
    """None, "failed" or the reason why it could not run."""
    begun = time.monotonic()
    try:
        test()
    except Skipped as why:
        print(f"skipped {name}: {why}", flush=True)
        return str(why)
    except Exception as error:                  # one broken test must not hide the next
        print(f"FAILED  {name} ({time.monotonic() - begun:.1f} s)")
        print(error if isinstance(error, Failed) else traceback.format_exc(), flush=True)
        return "failed"
    print(f"ok      {name} ({time.monotonic() - begun:.1f} s)", flush=True)
    return None


def main(names):
    """Runs the test_* of a script's globals(); exit 77 only if nothing could run."""
    tests = [(n, t) for n, t in names.items() if n.startswith("test_") and callable(t)]
    wanted = sys.argv[1:]
    tests = [(n, t) for n, t in tests if not wanted or any(w in n for w in wanted)]
    results = [run_one(n, t) for n, t in tests]
    failed, held = results.count("failed"), results.count(None)
    reasons = sorted({r for r in results if r and r != "failed"})
    print(f"{held} of {len(tests)} hold, {failed} failed" + "".join(f"; skipped: {r}"
                                                                    for r in reasons))
    if failed or not tests:
        sys.exit(1)
    sys.exit(77 if not held else 0)
