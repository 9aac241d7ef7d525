# SPDX-License-Identifier: Apache-2.0
"""Data that would like to be SQL, a format, a path or a line of its own, in every place where text goes
in: it comes out as it went in, and nothing else happens. And names of files and stores likewise."""
import json
import os
import sqlite3
import sys
from contextlib import closing

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import check, check_in, check_not_in, main
from product import (HASH, Work, check_against_oracle, event, line, lines)

EVIL = ["'; DROP TABLE sites; --", "\"); DELETE FROM sites; --", "' OR '1'='1", "x' UNION SELECT 1--",
        "a\x00b", "\x00", "\\", "\\'", "`id`", "$(id)", "${IFS}", "%s%n%x%p", "{0}", "{\"$gt\":\"\"}",
        "$where", "a.b.$c", "<script>alert(1)</script>", "../../etc/passwd", "\r\nSet-Cookie: x",
        "\x1b[2J", "\u202eabc", "\ufeffx", "\u2028", "=1+1", "@SUM(A1)", "NULL", "null", "\x7f",
        "é" * 3000, "😀" * 600, "?1", ":a", "@b", "0x00", "1e999", "x" * 100_000, "\t\n", "%00", "--"]
FIELDS = ["reason_id", "reason_info", "site", "first_name", "last_name", "admin_email", "theme",
          "project_version", "client", "ip_address"]
HOSTS = ["a'b.org", "a;b.org", "a--b.org", "x.org/'; DROP TABLE sites", "x.org/%00", "x.org/../..",
         "x.org/?q=';--", "a\"b.org", "a`b.org", "xn--.org", "a\u0000.org", "x.org/\u2028"]


def all_events():
    number = 0
    for text in EVIL:
        for name in FIELDS:
            number += 1
            yield event(number, **{name: text})
        number += 1
        yield event(number, wp={"version": text, "locale": text, text: text}, users={text: 1},
                    server={"software": text}, plugins={text: {"name": text, "version": text}},
                    extra={"note": text, text: text}, collector={"request_id": text})
    for host in HOSTS:
        number += 1
        yield event(number, url="https://" + host)


def test_values_stay_values():
    with Work() as work:
        work.input("a.jsonl", lines(all_events()))
        done = work.run("--verbose")
        check_against_oracle("values", work)
        for text in (done.out, done.err):
            check_not_in("no escape sequence", "\x1b", text)
        for log in done.err.splitlines():
            check("whole lines", "severity" in json.loads(log))
        for store in ("latest.db", "history.db"):
            with closing(sqlite3.connect(work.path(store))) as db:
                tables = {row[0] for row in db.execute("SELECT name FROM sqlite_schema "
                                                       "WHERE type = 'table'")}
                besides = {"mail_outbox", "deactivations_changes", "sqlite_sequence"}
                check("tables", tables - besides, {"sites", "deactivations"})
                blobs = db.execute("SELECT count(*) FROM sites WHERE typeof(site_name) = 'blob' OR "
                                   "instr(site_name, char(0)) > 0").fetchone()
                check("text is text, without NUL", blobs, (0,))


def test_projects_may_be_called_anything():
    names = ["'; DROP TABLE sites; --", "a:b", "a\nb", "%s", "é", "\"", "x" * 500, "$id"]
    hashes = [HASH[:-2] + f"{i:02}" for i in range(len(names))]
    with Work() as work:
        work.write("projects.jsonl", lines(
            {"_id": n, "hash": h, "slug": n, "name": n, "type": n,
             "reasons": [{"slug": n, "label": n, "active": True}],
             "custom_fields": [{"key": n, "label": n, "type": "string"}],
             "integrations": {n: {"enabled": True, n: n}}} for n, h in zip(names, hashes)))
        work.input("a.jsonl", lines(event(i, hash=h, reason_id=n, extra={n: n})
                                    for i, (n, h) in enumerate(zip(names, hashes))))
        check("events", work.summary()["events"], len(names))
        check_against_oracle("projects", work)


def test_names_of_files():
    names = ["a b.jsonl", "'; DROP TABLE sites; --.jsonl", "%00.jsonl", "%2e%2e%2f.jsonl", "#x?y=1.jsonl",
             "*.jsonl", "a\\b.jsonl", "~.jsonl", "$HOME.jsonl", "-rf.jsonl", "é.jsonl", "a:b.jsonl",
             "sqlite:x.jsonl", "x.json.jsonl", "\x01\x1b[2J.jsonl", "😀/😀.jsonl", "..a/b.jsonl",
             "/".join("d" * 60 for _ in range(30)) + "/deep.jsonl", "n" * 249 + ".jsonl"]
    with Work() as work:
        for i, name in enumerate(names):
            work.input("x" + name if name.startswith(".") else name,
                       line(event(i, collector={"request_id": ""})) + b"{\n")
        before = sorted(os.listdir(work.top))
        done = work.run()
        check_against_oracle("names", work)
        check("written where it belongs", sorted(os.listdir(work.top)),
              sorted(before + ["dead", "history.db", "latest.db"]))
        check("each uri leads back to its file", all(os.path.exists(d["source"]["uri"])
                                                     for d in work.dead()))
        check_not_in("no escape sequence", "\x1b", done.out + done.err)


def test_a_path_beyond_the_systems_limit():
    """It cannot be opened by its name: said, and nothing is left out silently."""
    with Work() as work:
        work.events(2)
        here = os.getcwd()
        os.chdir(work.path("in"))
        try:
            for _ in range(30):
                os.mkdir("d" * 200)
                os.chdir("d" * 200)
            with open("x.jsonl", "wb") as file:
                file.write(line(event(3)))
        finally:
            os.chdir(here)
        done = work.run(code=1)
        check_in("why", "name too long", done.err.lower())
        check("nothing written", os.path.exists(work.path("history.db")), False)


def test_names_of_stores():
    for name in ("a b.db", "'; DROP TABLE x; --.db", "x?mode=ro", "%41.db", "#.db", ":memory:",
                 "file:x.db", "é.db", "-.db", "new/deep/x.db", "a;b.db", "\"q\".db"):
        with Work() as work:
            work.events(2)
            work.run("--latest", "sqlite:" + name, cwd=work.top)
            check(f"{name!r} is that file", os.path.isfile(work.path(name)))
            with closing(sqlite3.connect(work.path(name))) as db:
                check("rows", db.execute("SELECT count(*) FROM sites").fetchone(), (2,))


def test_a_run_id_is_no_path():
    with Work() as work:
        work.input("a.jsonl", b"{\n")
        os.makedirs(work.path("dead"))
        for name in ("../outside", "/tmp/joist-outside", "a/../../outside"):
            done = work.run(run_id=name, code=None)
            check(f"{name}: {done}", done.code in (0, 2))
            check("nothing outside", [p for p in (work.path("outside.jsonl"),
                                                  "/tmp/joist-outside.jsonl")
                                      if os.path.exists(p)], [])


main(globals())
