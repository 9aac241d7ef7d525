# SPDX-License-Identifier: Apache-2.0
"""The disk fails: every single call on the input, the stores and the dead letters, one after another,
gives an error (or half of what was asked for), and what is left must be as before or as after."""
import errno
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import shim
from harness import Folder, check, main

# What these calls can really say, by the manual pages of Linux.
FAULTS = {"open": ("EIO", "ENOSPC", "EINTR", "EMFILE"), "read": ("EIO", "EINTR", "short"),
          "write": ("EIO", "ENOSPC", "EINTR", "short"), "sync": ("EIO", "ENOSPC"),
          "rename": ("EIO", "ENOSPC"), "close": ("EIO", "ENOSPC", "EINTR"),
          "unlink": ("EIO",), "mkdir": ("EIO", "ENOSPC"), "lock": ("EIO", "ENOLCK"),
          "directory": ("EIO", "EMFILE")}


def number(name):
    return getattr(errno, name, name)


def all_of(kind):
    with Folder() as folder, shim.Before(folder) as before:
        for name in FAULTS[kind]:
            count = before.every(kind, number(name))
            print(f"        {count} calls of {kind} with {name}")


def test_open():
    all_of("open")


def test_read():
    all_of("read")


def test_write():
    all_of("write")


def test_sync():
    all_of("sync")


def test_rename():
    all_of("rename")


def test_close():
    all_of("close")


def test_unlink():
    all_of("unlink")


def test_mkdir():
    all_of("mkdir")


def test_lock():
    all_of("lock")


def test_directory():
    all_of("directory")


def test_a_disk_that_fails_from_some_moment_on():
    with Folder() as folder, shim.Before(folder) as before:
        for kind in ("write", "sync"):
            before.every(kind, f"from-{errno.ENOSPC}", 4)
            before.every(kind, f"from-{errno.EIO}", 5)


def test_threads_that_cannot_be_had():
    """The work is done by those there are."""
    options = ("--window", shim.WINDOW, "--workers", "4")
    with Folder() as folder, shim.Before(folder, options=options) as before:
        before.every("thread", errno.EAGAIN)
        check("and without any", before.fault("thread", 1, f"from-{errno.EAGAIN}"))


main(globals())
