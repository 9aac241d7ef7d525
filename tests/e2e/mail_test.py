# SPDX-License-Identifier: Apache-2.0
"""The mail step against a real HTTP server: what is posted, what counts as sent, what is tried again,
and that none of it ever delays or fails the data."""
import json
import os
import signal
import sqlite3
import sys
import time
from contextlib import closing

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import check, check_in, check_not_in, main
from http_server import Answer, Server
from product import Work, event, line, lines


def outbox(work):
    """{event_id: (status, attempts)}"""
    return {k[0]: (r["status"], r["attempts"])
            for k, r in work.rows()["latest.mail_outbox"].items()}


def mailed(work, server, **more):
    return work.summary("--mail-endpoint", server.url, **more)


def test_what_is_posted():
    with Work() as work, Server() as server:
        work.events(5)
        summary = mailed(work, server)
        check("mail", summary["mail"], {"sent": 5, "failed": 0, "pending": 0})
        check("keys", sorted(server.keys()), [f"e-{i:06}" for i in range(5)])
        for request in server.requests:
            headers = {n.lower(): v for n, v in request.headers}
            check("path", (request.method, request.path), ("POST", "/mail"))
            check("type", headers["content-type"], "application/json")
            check("length", int(headers["content-length"]), len(request.body))
            check("an object", isinstance(json.loads(request.body), dict))
            number = int(request.key[2:])
            check_in("the address", f"owner{number}@shop{number}.org", request.body.decode())
        check("outbox", set(outbox(work).values()), {("sent", 1)})


def test_who_gets_none():
    events = [event(0), event(1, admin_email="a@example.org"), event(2, admin_email="x@y.test"),
              event(3, is_local=True), event(4, url="http://localhost/"), event(5, admin_email=None),
              event(6, url="http://192.168.0.9/"), event(7, reason_id="unheard-of")]
    with Work() as work, Server() as server:
        work.input("a.jsonl", lines(events))
        mailed(work, server)
        check("keys", sorted(server.keys()), ["e-000000", "e-000007"])


def test_without_an_endpoint_it_waits():
    with Work() as work, Server() as server:
        work.events(3)
        check("pending", work.summary()["mail"]["pending"], 3)
        check("outbox", set(outbox(work).values()), {("pending", 0)})
        os.unlink(work.path("in/2026/08/20/03/a.jsonl"))
        work.events(1, first=9, name="b.jsonl")
        mailed(work, server)
        check("also of the run before", len(server.requests), 4)
        check("outbox", set(outbox(work).values()), {("sent", 1)})


def test_what_is_sent_is_never_posted_again():
    with Work() as work, Server() as server:
        work.events(4)
        for _ in range(3):
            mailed(work, server)
        check("posts", len(server.requests), 4)


def answers(code, **more):
    """That answer the first time, then 200."""
    return lambda request, count: Answer(code, **more) if count == 1 else Answer(204, body=b"")


def test_what_is_tried_again():
    for code in (408, 429, 500, 502, 503, 599):
        with Work() as work, Server(answers(code)) as server:
            work.events(3)
            check(f"{code}", mailed(work, server)["mail"]["sent"], 3)
            check("posts", sorted(server.keys()), sorted([f"e-{i:06}" for i in range(3)] * 2))
            check("outbox", set(outbox(work).values()), {("sent", 2)})


def test_what_is_not():
    for code in (400, 401, 404, 409, 410, 422, 301, 307):
        with Work() as work, Server(answers(code, headers=(("Location", "/other"),))) as server:
            work.events(2)
            summary = mailed(work, server)
            check(f"{code}", summary["mail"], {"sent": 0, "failed": 2, "pending": 0})
            check("posts", len(server.requests), 2)
            check("dead", [d["code"] for d in work.dead()], ["mail_failed"] * 2)
            check("exit and status", (summary["exit"], summary["status"]), (0, "done"))
            check_in("why", str(code), work.dead()[0]["message"])
            mailed(work, server)
            check("the next run that sees it tries again", len(server.requests), 4)
            check("outbox", set(s for s, _ in outbox(work).values()), {"sent"})


def test_a_server_that_only_fails():
    """Given up after some tries; the next run has better luck."""
    luck = []
    with Work() as work, Server(lambda *_: Answer(200 if luck else 503)) as server:
        work.events(3)
        summary = mailed(work, server)
        check("mail", summary["mail"], {"sent": 0, "failed": 3, "pending": 0})
        check("no endless tries", 6 <= len(server.requests) <= 30)
        check("rows are there", len(work.rows()["history.sites"]), 3)
        luck.append(1)
        check("then", mailed(work, server)["mail"]["sent"], 3)


def test_connections_that_break():
    def answer(request, count):
        return Answer(drop=True) if count == 1 else Answer()
    with Work() as work, Server(answer) as server:
        work.events(3)
        check("sent", mailed(work, server)["mail"]["sent"], 3)
    with Work() as work:
        work.events(3)
        with Server() as server:
            gone = server.url
        summary = work.summary("--mail-endpoint", gone)
        check("nobody there", (summary["exit"], summary["mail"]["sent"]), (0, 0))
        check("rows are there", len(work.rows()["history.sites"]), 3)


def test_retry_after():
    with Work() as work, Server(answers(429, headers=(("Retry-After", "1"),))) as server:
        work.events(1)
        mailed(work, server)
        first, second = server.requests
        check("waited as asked", second.at - first.at >= 0.99)


def test_a_slow_server_does_not_delay_the_data():
    with Work() as work, Server(lambda *_: Answer(delay=60)) as server:
        work.events(3)
        process = work.start("--mail-endpoint", server.url)
        until = time.monotonic() + 60
        while len(server.requests) < 3 and time.monotonic() < until:
            time.sleep(0.01)
        with closing(sqlite3.connect(work.path("history.db"))) as db:
            check("committed meanwhile", db.execute("SELECT count(*) FROM sites").fetchone(), (3,))
        check("outbox", set(outbox(work).values()), {("pending", 0)})
        process.send_signal(signal.SIGTERM)
        done = work.finish(process, deadline=20)
        check(f"{done}", done.code, 143)
        check_in("the summary", "INTERRUPTED", done.out)
        check("still to be sent", set(s for s, _ in outbox(work).values()), {"pending"})


def test_killed_between_post_and_mark():
    """At least once, with the same key: the receiver can tell."""
    with Work() as work, Server(lambda request, count: Answer(delay=0 if count > 1 else 60)) as server:
        work.events(2)
        process = work.start("--mail-endpoint", server.url)
        until = time.monotonic() + 60
        while len(server.requests) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        process.kill()
        work.finish(process, killed=True)
        mailed(work, server)
        check("keys", sorted(server.keys()), ["e-000000"] * 2 + ["e-000001"] * 2)
        check("outbox", set(s for s, _ in outbox(work).values()), {"sent"})


def test_no_data_in_headers():
    evil = ["a\r\nX-Evil: 1", "b\nX-Evil: 1", "c\r\n\r\nPOST /evil HTTP/1.1", "d\u2028é\u0085",
            "e\x7f\t\"'", "f%0d%0aX-Evil: 1"]
    with Work() as work, Server() as server:
        work.input("a.jsonl", lines(event(i, collector={"request_id": text}, site=text)
                                    for i, text in enumerate(evil)))
        check("sent", mailed(work, server)["mail"]["sent"], len(evil))
        check("requests", {r.path for r in server.requests}, {"/mail"})
        for request in server.requests:
            names = [n.lower() for n, _ in request.headers]
            check_not_in("no header of the data's", "x-evil", names)
            for name, value in request.headers:
                check(f"{name} is printable ASCII", value.isascii() and value.isprintable())


def test_nobody_forges_a_log_line():
    """What a server answers is shown, but not as it came."""
    body = b"\x1b[31mred\r\n{\"severity\":\"ERROR\"}\n" + b"z" * 100_000
    with Work() as work, Server(lambda *_: Answer(400, body=body)) as server:
        work.events(1)
        done = work.run("--mail-endpoint", server.url)
        for text in (done.out, done.err, line(work.dead()).decode()):
            check_not_in("no escape", "\x1b", text)
        check("lines are whole", [bool(json.loads(x)) for x in done.err.splitlines()].count(False),
              0)
        check("and short", len(work.dead()[0]["message"]) < 500)


def test_a_password_in_the_endpoint_stays_there():
    with Work() as work, Server() as server:
        work.events(1)
        url = server.url.replace("http://", "http://user:canary-pass@") + "?token=canary-token"
        done = work.run("--mail-endpoint", url, "--verbose")
        check("sent", server.requests[0].path, "/mail?token=canary-token")
        check_not_in("hidden", "canary", done.out + done.err)


main(globals())
