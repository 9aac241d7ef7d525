# SPDX-License-Identifier: Apache-2.0
"""No memory: allocation n fails, for n over a whole run, once with the engine's own seam, and in all
libraries (SQLite, simdjson, libc) by a preloaded malloc, which fails once or from then on."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import shim
from harness import Folder, check, check_in, main

ENOMEM = 12


def by_the_seam(before, n):
    """Whether the run was ended by its n-th allocation."""
    with before.copy() as work:
        done = work.run(*before.options, code=None, env={"JOIST_FAIL_ALLOC": str(n)})
        if done.code == 0:
            return False
        check(f"exit code of allocation {n}\n{done}\n", done.code, 1)
        check_in("says why", "error: out of memory", done.err)
        before.check_after(work, done, None)
        return True


def last_of(fails):
    """The greatest n for which fails(n), by doubling and halving."""
    high = 1
    while fails(high):
        high *= 2
    low = high // 2
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if fails(middle) else (low, middle)
    return low


def some_of(last, first=40, more=100):
    """1 … first, then `more` evenly spread up to `last`."""
    step = max(1, (last - first) // more)
    return [*range(1, min(first, last) + 1), *range(first + 1, last + 1, step)]


def test_the_engines_allocations():
    with Folder() as folder, shim.Before(folder) as before:
        last = last_of(lambda n: by_the_seam(before, n))
        check("the seam is on", last > 100)
        numbers = some_of(last)
        print(f"        {len(numbers)} of {last} allocations")
        for n in numbers:
            by_the_seam(before, n)


def libraries(how):
    with Folder() as folder, shim.Before(folder) as before:
        last = last_of(lambda n: before.fault("memory", n, how))
        check("allocations are counted", last > 500)
        numbers = some_of(last)
        print(f"        {len(numbers)} of {last} allocations")
        for n in numbers:
            before.fault("memory", n, how)


def test_everybodys_allocations_fail_once():
    libraries(ENOMEM)


def test_everybodys_allocations_fail_from_some_moment_on():
    libraries(f"from-{ENOMEM}")


main(globals())
