# SPDX-License-Identifier: Apache-2.0
"""Inputs that cannot be read, change while they are read, or are no files at all. What cannot be read
ends the run with exit 1 before anything is written; what is no input is skipped and counted."""
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import Folder, check, check_in, main
from product import Work, check_against_oracle, event, line, lines, permissions
from shim import Stopped

def check_refused(work, done, *words):
    """Exit 1, an error with these words, and no store was made."""
    check(f"exit code\n{done}\n", done.code, 1)
    for word in words:
        check_in("the error names it", word, done.err)
    check("stores", [n for n in os.listdir(work.top) if n.endswith(".db")], [])


def test_unreadable():
    how = permissions()
    for name in ("b.jsonl", "sub/c.jsonl"):
        with Work() as work:
            work.events(2)
            path = work.events(2, first=2, name=name)
            os.chmod(path, 0)
            check_refused(work, work.run(code=None, **how), path, "Permission denied")
            os.chmod(path, 0o644)
            os.chmod(os.path.dirname(path), 0o600 if "/" in name else 0)
            done = work.run(code=None, **how)
            check_refused(work, done, os.path.dirname(path), "Permission denied")
            os.chmod(os.path.dirname(path), 0o755)
            work.run(**how)
            check_against_oracle("once it can be read", work)


def test_missing():
    with Work() as work:
        done = work.run("--input", work.path("nowhere"), code=None)
        check_refused(work, done, work.path("nowhere"), "No such file")
        work.input("/f", b"")
        done = work.run("--input", work.path("in/f/x"), code=None)
        check_refused(work, done, "Not a directory")
        os.mkfifo(work.path("fifo"))
        check_refused(work, work.run("--input", work.path("fifo"), code=None), "neither a file")


def test_what_is_no_file_is_skipped():
    with Work() as work:
        top = os.path.dirname(work.events(3))
        os.mkfifo(os.path.join(top, "fifo.jsonl"))
        os.symlink("nowhere", os.path.join(top, "dangling.jsonl"))
        os.symlink("self.jsonl", os.path.join(top, "self.jsonl"))
        os.symlink("/dev/zero", os.path.join(top, "device.jsonl"))
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(os.path.join(top, "socket.jsonl"))
        read = work.summary()["read"]
        check("files", (read["files"], read["skipped"], read["records"]), (1, 5, 3))
        check_against_oracle("what is no file", work)


def test_symlink_loops():
    with Work() as work:
        top = os.path.dirname(work.events(3))
        os.makedirs(os.path.join(top, "x/y"))
        for name, target in (("x/up", ".."), ("x/y/top", work.path("in")), ("here", ".")):
            os.symlink(target, os.path.join(top, name))
        work.events(2, first=7, name="x/y/z.jsonl")
        os.symlink("a.jsonl", os.path.join(top, "again.jsonl"))
        read = work.summary()["read"]
        check("files", (read["files"], read["records"], read["skipped"]), (3, 8, 3))
        check_against_oracle("loops", work)


def test_names_that_are_no_utf8():
    names = [b"\xff\xfe.jsonl", b"caf\xe9.jsonl", "日本.jsonl".encode(), b"a b\t.jsonl", b"-.jsonl",
             b"new\nline.jsonl", b"%s%n.jsonl", b"'\"`$(x).jsonl", b"x" * 248 + b".jsonl",
             b"\xed\xa0\x80/sub.jsonl"]
    with Work() as work:
        for i, name in enumerate(names):
            work.input(name, line(event(i, collector={"request_id": ""})) + b'{"bad"\n')
        for how in ("human", "json"):
            done = work.run("--log-format", how)
            check("control bytes reach no output", "new\nline" in done.err + done.out, False)
        check_against_oracle("names", work)


def stopped(folder, work, kind, inside, *options, n=1):
    return Stopped(folder, work, kind, n, inside, *options)


def test_a_directory_that_vanishes():
    """Before it is listed (its parent was), and after, before its file is read."""
    for kind in ("directory", "open"):
        with Folder() as folder, Work() as work:
            work.events(2)
            path = work.events(2, first=2, name="gone/b.jsonl")
            run = stopped(folder, work, kind, "gone")
            os.unlink(path)
            os.rmdir(os.path.dirname(path))
            check_refused(work, run.go_on(), "gone", "No such file")
            work.run()
            check_against_oracle("without the directory", work)


def test_a_file_that_grows():
    """What was appended after the listing belongs to the next run, even in mid-record."""
    with Folder() as folder, Work() as work:
        path = work.events(2)
        run = stopped(folder, work, "open", "a.jsonl")
        with open(path, "ab") as file:
            file.write(line(event(2)) + b'{"half')
        check("exit code", run.go_on().code, 0)
        check("rows", len(work.rows()["history.sites"]), 2)
        check("dead letters", work.dead(), [])
        with open(path, "ab") as file:
            file.write(b'":1}\n')
        work.run()
        check("rows of the next run", len(work.rows()["history.sites"]), 3)


def test_a_file_that_shrinks_or_is_replaced():
    with Folder() as folder, Work() as work:
        path = work.events(50)
        run = stopped(folder, work, "read", "a.jsonl")
        os.truncate(path, 100)
        check_refused(work, run.go_on(), "a.jsonl", "became shorter")
    with Folder() as folder, Work() as work:
        path = work.events(2)
        run = stopped(folder, work, "open", "a.jsonl")
        os.unlink(path)
        os.mkfifo(path)
        check_refused(work, run.go_on(deadline=20), "a.jsonl")


def test_projects_that_cannot_be_had():
    """A side input that is not whole ends the run: it must never turn into a mass rejection."""
    good = line({"_id": "p", "hash": "0b7c2f52-6a0e-4d0e-9b7e-3f6f2d1c9a01"})
    twice = good + line({"_id": "q", "hash": "0B7C2F52-6A0E-4D0E-9B7E-3F6F2D1C9A01"})
    for what, data in (("none", b""), ("blank", b"\n \n"), ("cut", good + good[:20]),
                       ("no object", good + b"[]\n"), ("no hash", good + b'{"_id":"x"}\n'),
                       ("two of one hash", twice), ("a kind", good[:-2] + b',"custom_fields":[{"key'
                       b'":"a","label":"A","type":"decimal"}]}\n'), ("binary", b"\x00\xff\n"),
                       ("broken gzip", b"\x1f\x8b\x08broken")):
        with Work() as work:
            work.events(2)
            work.write("projects.jsonl", data)
            done = work.run(code=None)
            check(f"{what}: {done}", done.code, 1)
            check_refused(work, done)
    with Work() as work:
        work.events(2)
        done = work.run("--projects", work.path("none.jsonl"), code=None)
        check_refused(work, done, work.path("none.jsonl"))
        os.unlink(work.path("projects.jsonl"))
        os.mkfifo(work.path("projects.jsonl"))
        check_refused(work, work.run(code=None), work.path("projects.jsonl"))


def test_no_projects_if_so_wished():
    with Work() as work:
        work.write("projects.jsonl", b"")
        work.input("a.jsonl", lines([event(1), event(2)]))
        work.run("--allow-no-projects")
        check("codes", [d["code"] for d in work.dead()], ["unknown_project"] * 2)


main(globals())
