# SPDX-License-Identifier: Apache-2.0
"""What a run says: the summary that adds up, in both forms; no progress in a pipe; logs as JSON lines;
metrics; and that all of them come from the same numbers."""
import json
import os
import pty
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import shim
from harness import Folder, check, check_in, check_not_in, main
from product import WINDOW, Work, event, line, lines

MEMBERS = ("run pipeline status window seconds read events rejected stages sinks dead exit dry_run "
           "adds_up started first_record_seconds rejected_total spilled_bytes peak_memory mail "
           "error").split()
ESC = "\x1b"


def mixed(work):
    """10 events, 3 of them of unknown reasons, 4 bad lines in 2 files, 1 name skipped."""
    work.input("a.jsonl", lines(event(i) for i in range(7)) + b"{\n[]\n")
    work.input("b.jsonl", lines(event(i, reason_id="?") for i in range(10, 13))
               + line(event(20, hash="x")) + b"nul\n")
    work.input("readme.txt", b"no input")


def test_the_object():
    with Work() as work:
        mixed(work)
        done = work.run("--summary", "json", "--window", WINDOW)
        check("one line", done.out.count("\n"), 1)
        s = json.loads(done.out)
        check("members", sorted(s), sorted(MEMBERS))
        check("in the order of the manual", list(s)[:11], MEMBERS[:11])
        check("members of read", list(s["read"]), ["files", "records", "bytes", "skipped"])
        check("read", [s["read"][k] for k in ("files", "records", "skipped")], [2, 14, 1])
        check("bytes", s["read"]["bytes"], sum(os.path.getsize(work.path("in/2026/08/20/03", n))
                                               for n in ("a.jsonl", "b.jsonl")))
        check("run", (s["run"], s["pipeline"], s["status"], s["window"], s["exit"], s["error"]),
              ("test-run", "deactivate", "done", WINDOW, 0, None))
        check("rejected", s["rejected"], {"bad_json": 2, "not_object": 1, "hash_format": 1,
                                          "unknown_reason": 3})
        check("events", s["events"], 10)
        check("adds up", (s["adds_up"], s["rejected_total"]), (True, 7))
        check("dead", s["dead"], work.path("dead/test-run.jsonl"))
        check("as many letters", len(work.dead()), 7)
        for sink in s["sinks"]:
            check("members of sinks", list(sink), "name uri rows table committed seconds".split())
        check("rows", {n["name"]: n["rows"] for n in s["sinks"]},
              {"history_deactivations": 7, "history_sites": 10, "latest_deactivations": 7,
               "latest_sites": 10, "mail_outbox": 10})
        check("mail", s["mail"], {"sent": 0, "failed": 0, "pending": 10})


def test_stages_add_up():
    """Every record goes somewhere: what a stage reads it emits or rejects."""
    with Work() as work:
        mixed(work)
        s = work.summary()
        for stage in s["stages"]:
            check("members", list(stage)[:4], ["name", "in", "out", "rejected"])
        by_name = {stage["name"]: stage for stage in s["stages"]}
        for name in ("read_hour", "parse", "validate_project", "validate_reason", "trim"):
            stage = by_name[name]
            check(name, stage["in"], sum(stage["out"].values()) + sum(stage["rejected"].values()))
        check("all codes are some stage's", sum(sum(n["rejected"].values()) for n in s["stages"]),
              s["rejected_total"])


def test_the_table_says_the_same():
    with Work() as work:
        mixed(work)
        s = work.summary()
        text = work.run().out
        numbers = [int(n.replace(" ", "")) for n in re.findall(
            r"(\d[\d ]*) records? = (\d[\d ]*) events? \+ (\d[\d ]*) rejected", text)[0]]
        check("the equation", numbers, [s["read"]["records"], s["events"],
                                        s["read"]["records"] - s["events"]])
        check("it adds up", numbers[0], numbers[1] + numbers[2])
        for part in ("2 files (1 skipped)", "14 records", "bad_json 2", "unknown_reason 3",
                     "committed", s["dead"], "\nOK "):
            check_in("the table", part, text)


def test_also_when_it_fails():
    with Work() as work:
        mixed(work)
        work.write("latest.db", b"no database " * 99)
        s = work.summary(code=1)
        check("status", (s["status"], s["exit"], s["dead"]), ("failed", 1, None))
        check_in("error", "not a SQLite database", s["error"]["message"])
        check("nothing committed", not any(n["committed"] for n in s["sinks"]))
        check_in("the table", "FAILED", work.run(code=1).out)


def test_and_when_it_is_interrupted():
    with Folder() as folder, Work() as work:
        mixed(work)
        stopped = shim.Stopped(folder, work, "write", 1, "latest.db", "--summary", "json")
        stopped.signal(2)
        s = json.loads(stopped.go_on().out)
        check("status", (s["status"], s["exit"], s["read"]["records"]), ("interrupted", 130, 14))


def test_no_progress_in_a_pipe():
    with Work() as work:
        work.generate(3000)
        done = work.run("--progress", "auto")
        check_not_in("nothing is redrawn", "\r", done.err)
        check_not_in("nothing is coloured", ESC, done.err + done.out)
        check("only logs", all(json.loads(x)["severity"] for x in done.err.splitlines()))


def test_progress_as_json():
    """The run is held for 1.5 s, so it has a progress to tell."""
    with Folder() as folder, Work() as work:
        work.events(3)
        stopped = shim.Stopped(folder, work, "open", 1, "a.jsonl", "--progress", "json")
        stopped.wait(1.5)
        done = stopped.go_on()
        check("exit", done.code, 0)
        told = [p for p in map(json.loads, done.err.splitlines()) if "progress" in p]
        check("something was told", bool(told))
        check("members", sorted(told[0]), sorted("progress run status seconds files records rejected "
                                                 "bytes bytes_total".split()))


def test_on_a_terminal():
    """Errors for people, in colour unless NO_COLOR; the summary stays plain in a pipe."""
    for env, coloured in (({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False),
                          ({"TERM": "dumb"}, False)):
        with Work() as work:
            main_end, end = pty.openpty()
            process = work.start("--input", work.path("none"), env=env, stderr=end)
            os.close(end)
            said = b""
            try:
                while part := os.read(main_end, 4096):
                    said += part
            except OSError:
                pass
            done = work.finish(process)
            os.close(main_end)
            check("exit", done.code, 1)
            check_in("for people", b"No such file", said)
            check("colour", ESC.encode() + b"[" in said, coloured)
            check_not_in("no JSON", b"severity", said)


def test_logs():
    with Work() as work:
        mixed(work)
        logs = [json.loads(x) for x in work.run("--verbose").err.splitlines()]
        for log in logs:
            check("members", list(log), "severity time message run stage code".split())
            check("time", bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", log["time"])))
        rejected = {(x["stage"], x["code"]) for x in logs if x["severity"] == "WARNING"}
        check_in("a line per code", ("validate_reason", "unknown_reason"), rejected)
        check("debug", any(x["severity"] == "DEBUG" for x in logs))
        check("quiet", work.run("--quiet").err, "")
        check("quiet", work.run("-q").out, "")
        human = work.run("--log-format", "human").err
        check_not_in("human", '{"severity"', human)


def test_metrics():
    with Work() as work:
        mixed(work)
        path = work.path("joist.prom")
        s = work.summary("--metrics-out", path)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        values = dict(x.rsplit(" ", 1) for x in text.splitlines() if x[0] != "#")
        for name, want in (('joist_records_total{pipeline="deactivate"}', 14),
                           ('joist_files_total{pipeline="deactivate"}', 2),
                           ('joist_bytes_total{pipeline="deactivate"}', s["read"]["bytes"]),
                           ('joist_run_exit_code{pipeline="deactivate"}', 0)):
            check(name, float(values[name]), float(want))
        rejected = sum(float(v) for k, v in values.items() if k.startswith("joist_rejected_total"))
        check("rejected", rejected, 7.0)
        check("only the file", [n for n in os.listdir(work.top) if "prom" in n], ["joist.prom"])
        success = "joist_run_last_success_timestamp_seconds"
        stamp = [x for x in text.splitlines() if x.startswith(success)]
        work.run("--metrics-out", path, "--input", work.path("none"), code=1)
        with open(path, encoding="utf-8") as file:
            check("kept by a run that failed", stamp[0] in file.read().splitlines())
        done = work.run("--metrics-out", work.path("no/such/dir.prom"))
        check_in("said, and no more than said", "metrics", done.err)


main(globals())
