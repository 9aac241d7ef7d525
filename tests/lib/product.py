# SPDX-License-Identifier: Apache-2.0
"""The flagship under test: small inputs, runs of build/deactivate, and what a run leaves behind.

A Work is a folder with in/, projects.jsonl and, after a run, latest.db, history.db and dead/. Runs are
given a fixed time and id, so two runs over the same input leave the same rows in every column."""
import ctypes
import json
import os
import sqlite3
import sys
from contextlib import closing

from harness import (SOURCE, Folder, check, check_same, finish, program, run, sanitized, skip,
                     start)

sys.path.insert(0, os.path.join(SOURCE, "tests", "oracle"))

HASH = "0b7c2f52-6a0e-4d0e-9b7e-3f6f2d1c9a01"
HASH_OFF = "0b7c2f52-6a0e-4d0e-9b7e-3f6f2d1c9a02"
PROJECTS = [{"_id": "p1", "hash": HASH, "slug": "one", "name": "One", "type": "plugin",
             "custom_fields": [{"key": "note", "label": "Note", "type": "string"}],
             "integrations": {"mailchimp": {"enabled": True}}},
            {"_id": "p2", "hash": HASH_OFF, "slug": "two", "name": "Two", "type": "plugin",
             "active": False}]
HOUR = "2026/08/20/03"
WINDOW = "2026-08-20T03"
NOW = "2026-08-20T04:00:00Z"
KEYS = {"history.deactivations": ("window_start", "event_id"),
        "history.sites": ("window_start", "event_id"),
        "latest.deactivations": ("id",), "latest.sites": ("id",),
        "latest.mail_outbox": ("event_id",)}
OF_A_RUN = ("run_id", "ingested_at", "created_at", "updated_at", "body")


def event(number, **more):
    """A clean event with a site of its own; `_collector` members by the argument `collector`."""
    collector = {"request_id": f"e-{number:06}", "received_at": "2026-08-20T03:30:00.000Z",
                 "remote_ip": "192.0.2.7"} | more.pop("collector", {})
    base = {"hash": HASH, "url": f"https://shop{number}.org/", "site": f"Shop {number}",
            "admin_email": f"owner{number}@shop{number}.org", "reason_id": "other",
            "reason_info": "it was slow", "wp": {"version": "6.8.1", "locale": "de_DE"},
            "users": {"total": 3, "administrator": "1"}, "_collector": collector}
    return base | more


def line(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def lines(values):
    return b"".join(line(v) for v in values)


class Work(Folder):
    """A folder with an input and what runs over it leave."""

    def __init__(self, inside=None):
        super().__init__(inside)
        os.makedirs(self.path("in"))
        self.write("projects.jsonl", lines(PROJECTS))

    def input(self, name, data):
        """A file of the input, below the hour HOUR unless the name begins with a slash."""
        name = name if isinstance(name, bytes) else name.encode()
        where = b"in" + name if name.startswith(b"/") else f"in/{HOUR}/".encode() + name
        return self.write(where, data)

    def events(self, count, first=0, name="a.jsonl"):
        return self.input(name, lines(event(i) for i in range(first, first + count)))

    def generate(self, count, *more):
        """`count` events of build/generate into in/, with their projects."""
        self.generate_at("in", count, *more)

    def generate_file(self, count, *more):
        """The same into the file one.jsonl beside in/."""
        self.generate_at("one.jsonl", count, "--layout", "ndjson", *more)

    def generate_at(self, name, count, *more):
        done = run([program("generate"), "--out", self.path(name), "--count", str(count),
                    "--projects", self.path("projects.jsonl"), *more])
        check("generate", done.code, 0)

    def args(self, *more, verb="run", now=NOW, run_id="test-run"):
        fixed = ["--now", now] if now else []
        fixed += ["--run-id", run_id] if run_id else []
        return [program("deactivate"), verb, "--input", self.path("in"),
                "--projects", self.path("projects.jsonl"),
                "--latest", "sqlite:" + self.path("latest.db"),
                "--history", "sqlite:" + self.path("history.db"),
                "--dead", self.path("dead"), *fixed, *more]

    def run(self, *more, code=0, **how):
        """A whole run; its exit code must be `code` (None: any)."""
        names = {k: how.pop(k) for k in ("verb", "now", "run_id") if k in how}
        done = run(self.args(*more, **names), **how)
        if code is not None and done.code != code:
            check(f"exit code of\n{done}\n", done.code, code)
        return done

    def start(self, *more, **how):
        return start(self.args(*more), **how)

    def finish(self, process, **how):
        return finish(process, **how)

    def summary(self, *more, **how):
        """The object of `--summary json`."""
        return json.loads(self.run("--summary", "json", *more, **how).out)

    # ---- what is left ---------------------------------------------------------------------------

    def rows(self, *without):
        """{table: {key: row}} of both stores; a store or table that is not there has no rows."""
        found = {}
        for table, key in KEYS.items():
            store, name = table.split(".")
            found[table] = read_table(self.path(store + ".db"), name, key, without)
        return found

    def dead(self):
        """All dead letters, in the order of the files; a hidden file is of a run that was killed."""
        letters = []
        names = os.listdir(self.path("dead")) if os.path.isdir(self.path("dead")) else []
        for name in sorted(n for n in names if n[0] != "."):
            with open(self.path("dead", name), encoding="utf-8") as file:
                letters += [json.loads(text) for text in file]
        return letters

    def check_whole(self):
        """SQLite itself finds nothing wrong with the stores."""
        for name in ("latest.db", "history.db"):
            if os.path.exists(self.path(name)):
                with closing(sqlite3.connect(self.path(name))) as db:
                    check(f"integrity of {name}", db.execute("PRAGMA integrity_check").fetchall(),
                          [("ok",)])

    def remove_outputs(self):
        for name in os.listdir(self.top):
            if name.startswith(("latest", "history")):
                os.unlink(self.path(name))


def check_memory(summary, most):
    """The peak of a run; a sanitizer has one of its own."""
    if not sanitized():
        check(f"{summary['peak_memory']} bytes are less than {most}", summary["peak_memory"] < most)


def read_table(path, table, key, without=()):
    if not os.path.exists(path):
        return {}
    # Not read-only: a journal that a killed run left must be rolled back, as any reader would.
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchone():
            return {}
        rows = [dict(row) for row in db.execute(f'SELECT * FROM "{table}"')]
    return {tuple(row[k] for k in key): {n: v for n, v in row.items() if n not in without}
            for row in rows}


def check_rows(what, got, want):
    """Two results of Work.rows() are the same."""
    for table in KEYS:
        check_same(f"{what}: {table}", got[table], want[table])


# ---- permissions ----------------------------------------------------------------------------------

CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, PR_CAPBSET_DROP = 1, 2, 24


def as_anyone():
    """For a child of root: permissions count for it as they do for everybody else."""
    libc = ctypes.CDLL(None)
    for right in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        if libc.prctl(PR_CAPBSET_DROP, right, 0, 0, 0):
            os._exit(99)


def permissions():
    """Options of subprocess by which permissions count; skips where that cannot be had."""
    how = {"preexec_fn": as_anyone} if os.geteuid() == 0 else {}
    with Work() as work:
        work.events(1)
        os.chmod(work.path("in"), 0)
        if work.run(code=None, **how).code == 99:
            skip("root cannot give up reading everything here")
    return how


# ---- the oracle ----------------------------------------------------------------------------------

def oracle_run(work, window=None, stores=None):
    """(rows as Work.rows(*OF_A_RUN) gives them, result with .dead) by the other implementation."""
    import oracle
    stores, result = oracle.run(work.path("in"), work.path("projects.jsonl"), window, stores)
    tables = {}
    for name, table in stores.tables().items():
        tables[name] = {tuple(row[k] for k in KEYS[name]): row for row in table.values()}
    return tables, result, stores


def letter(dead):
    """What two dead letters must agree in."""
    source = dead.get("source") or dead
    return tuple(source[k] for k in ("uri", "offset", "line", "record")) + (
        dead["code"], dead.get("attempts"), dead.get("raw"), bool(dead.get("raw_truncated")))


def check_against_oracle(what, work, window=None):
    tables, result, _ = oracle_run(work, window)
    check_rows(what, work.rows(*OF_A_RUN), tables)
    check(f"{what}: dead letters", sorted(map(letter, work.dead()), key=str),
          sorted(map(letter, result.dead), key=str))
