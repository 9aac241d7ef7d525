# SPDX-License-Identifier: Apache-2.0
"""`run --report FILE`: the page of good runs, bad ones and interrupted ones; that it is well-formed,
whole or not there, shows no secret and lets no data become markup."""
import json
import os
import re
import signal
import sys
from html.parser import HTMLParser

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import shim
from harness import Failed, Folder, check, check_in, check_not_in, main
from product import WINDOW, Work, event, line, lines

EVIL = "</script></pre><img src=x onerror=alert(1)>\"'&\x1b[31m"
TAGS = set("html head meta title style body main header footer div span p h1 h2 b br code pre details "
           "summary table thead tbody tr th td svg g rect path text".split())
SECTIONS = ["What went where", "Steps", "Rejected", "Stores", "Time and memory", "Options"]


class Page(HTMLParser):
    """Its text and tags; fails where it is not well-formed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.text, self.source = [], "", text
        self.heads = re.findall("<h2>(.*?)</h2>", text)
        self.feed(text)
        self.close()
        check("all is closed", self.open, [])

    def handle_starttag(self, tag, attrs):
        if tag not in TAGS or any(re.match("on|src|href|xlink", name) for name, _ in attrs):
            raise Failed(f"<{tag} {attrs}> at {self.getpos()}")
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        if tag not in ("rect", "path"):
            raise Failed(f"<{tag}/> at {self.getpos()}")

    def handle_endtag(self, tag):
        check(f"</{tag}> at {self.getpos()}", self.open.pop() if self.open else None, tag)

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.text += data


def page_of(work, name="report.html"):
    with open(work.path(name), encoding="utf-8") as file:
        page = Page(file.read())
    check("sections", [s for s in SECTIONS if s not in page.heads], [])
    check("no control bytes", re.findall(r"[\x00-\x09\x0b-\x1f\x7f]", page.source), [])
    check("no temporary file", [n for n in os.listdir(work.top) if n.startswith(name + ".")], [])
    return page


def test_a_good_run():
    with Work() as work:
        work.input("a.jsonl", lines(event(i) for i in range(7)) + b"{\n")
        work.input("b.jsonl", lines(event(i, reason_id="?") for i in range(10, 13)))
        s = work.summary("--window", WINDOW, "--report", work.path("report.html"))
        page = page_of(work)
        check_in("verdict", ">OK</span>", page.source)
        for n in (f"hour {WINDOW}", "11 records = 10 events + 1 rejected; 3 more rejected",
                  "unknown_reason", "bad_json", s["dead"]):
            check_in("text", n, page.text)
        for stage in s["stages"]:
            check_in("a row of each step", f">{stage['name']}", page.source)
        for sink in s["sinks"]:
            check_in("stores", f"{sink['uri']}, table {sink['table']}", page.text)
        check("two pictures", page.source.count("<svg "), 2)
        check_in("the sample has its bytes", "<pre>{</pre>", page.source)


def test_data_stays_data():
    with Work() as work:
        work.input("a<b>&.jsonl", line({"hash": EVIL}) + line(event(1, site=EVIL, reason_id=EVIL))
                   + b'{"broken": ' + EVIL.encode() + b"\n")
        work.run("--report", work.path("report.html"))
        page = page_of(work)
        check_in("as text", "</script></pre><img src=x onerror=alert(1)>", page.text)
        check_in("control bytes are told", "\\x1b[31m", page.text)
        check_in("the name of the file", "a<b>&.jsonl:1", page.text)


def test_secrets_are_masked():
    with Work() as work:
        work.events(3)
        work.run("--report", work.path("report.html"), "--mail-endpoint",
                 "http://joist:tiger@127.0.0.1:9/x?token=lion")
        page = page_of(work)
        check_in("the option is there", "http://joist:***@127.0.0.1:9/x?token=***", page.text)
        for word in ("tiger", "lion"):
            check_not_in("the page", word, page.source)


def test_where_options_come_from():
    with Work() as work:
        work.events(3)
        config = work.write("joist.conf", "max-rejected = 50%\n")
        work.run("--report", work.path("report.html"), "--config", config,
                 env={"JOIST_WORKERS": "2"})
        row = '<td class="mono name">--{}</td><td class="mono">{}</td><td>{}</td>'
        source = page_of(work).source
        check_in("flag", row.format("config", config, "flag"), source)
        check_in("file", row.format("max-rejected", "50%", f"{config}:1"), source)
        check_in("environment", row.format("workers", "2", "environment JOIST_WORKERS"), source)


def test_a_failed_run():
    with Work() as work:
        work.events(3)
        work.write("projects.jsonl", "{\n")
        done = work.run("--report", work.path("report.html"), code=1)
        page = page_of(work)
        check_in("verdict", ">Failed</span>", page.source)
        message = re.search('"severity":"ERROR".*?"message":("(?:[^"\\\\]|\\\\.)*")', done.err)
        check_in("the error", json.loads(message[1]), page.text)
        check_in("nothing is visible", "not committed", page.text)


def test_too_many_rejected():
    with Work() as work:
        work.input("a.jsonl", b"{\n" * 4)
        work.run("--report", work.path("report.html"), "--max-rejected", "3", code=4)
        check_in("verdict", ">Too many rejected</span>", page_of(work).source)


def test_interrupted():
    with Folder() as folder, shim.Before(folder) as before, before.copy() as work:
        run = shim.Stopped(folder, work, "read", 1, "in/", *before.options, "--report",
                           work.path("report.html"))
        run.signal(signal.SIGINT)
        check("exit code", run.go_on().code, 130)
        page = page_of(work)
        check_in("verdict", ">Interrupted: run it again</span>", page.source)
        check_in("nothing is visible", "not committed", page.text)


def test_it_is_replaced_whole_or_not_written():
    with Work() as work:
        work.events(3)
        work.write("report.html", "old")
        work.run("--report", work.path("report.html"), "--dry-run")
        check_in("replaced", ">OK, dry run</span>", page_of(work).source)
        done = work.run("--report", work.path("none", "report.html"))
        check_in("said", "cannot write the report to", done.err)
        check("and nothing else", len(work.rows()["latest.sites"]), 3)
        done = work.run("--report", "/dev/full")
        check_in("a full disk", "No space left", done.err)


def test_dead_letters_that_are_not_there():
    with Work() as work:
        work.input("a.jsonl", b"{\n" * 4)
        work.run("--report", work.path("report.html"), "--dead=")
        page = page_of(work)
        check_in("code", "bad_json", page.text)
        check_in("said", "No dead letter of this code was found.", page.text)


if __name__ == "__main__":
    main(globals())
