# SPDX-License-Identifier: Apache-2.0
"""Looking into runs with the real programs: dead letters listed, explained and replayed, the first
elements of an edge, one record on its way. What was replayed must be as if nothing had been rejected."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import Folder, check, check_in, check_not_in, check_same, main, program, run
from http_server import Answer, Server
from product import (HASH_OFF, OF_A_RUN, PROJECTS, Work, check_rows, event, line, lines,
                     permissions)

LATE = "0b7c2f52-6a0e-4d0e-9b7e-3f6f2d1c9a99"
LATE_PROJECT = {"_id": "p9", "hash": LATE, "slug": "late", "name": "Late", "type": "plugin"}
DEACTIVATE = program("deactivate")


def letters(work, run_id):
    with open(work.path("dead", run_id + ".jsonl"), encoding="utf-8") as file:
        return [json.loads(text) for text in file]


def replay(work, *more, file="test-run.jsonl", run_id="again", code=0, **how):
    return work.run(work.path("dead", file), *more, verb="replay", run_id=run_id, code=code, **how)


def replayed(work, *more, **how):
    return json.loads(replay(work, "--summary", "json", *more, **how).out)


def dead(work, *words, code=0):
    done = run([DEACTIVATE, "dead", *words, "--dead", work.path("dead")])
    check(f"exit code of\n{done}", done.code, code)
    return done


def late_events(work):
    """Twenty records of a project that nobody knows yet, among others, in all the ways they come."""
    late = [event(i, hash=LATE) for i in range(20)]
    late[3]["site"] = " \t a &amp;amp; b \u00e9\U0001f642 "
    late[4]["plugins"] = {"one": {"name": "\u2028 \"quoted\"", "version": "1.0"}}
    late[5]["users"] = {"total": "7", "editor": 12345678901234}
    late[6] = {k: v for k, v in late[6].items() if k != "_collector"}
    late[7]["extra"] = {"note": [1, 2.50, {"deep": "x"}], "other": None}
    work.input("a.jsonl", lines(late[:8]) + lines(event(i) for i in range(100, 110)))
    work.input("b.json", b" ".join(json.dumps(e).encode() for e in late[8:14]))
    work.input("/no/hour/c.ndjson", lines(late[14:]))


# ---- replaying -----------------------------------------------------------------------------------
def test_what_is_replayed_is_as_if_it_had_never_been_rejected():
    with Work() as work, Work() as clean:
        for w in (work, clean):
            late_events(w)
            os.utime(w.path("in/no/hour/c.ndjson"), (1787200000, 1787200000))
        clean.write("projects.jsonl", lines([*PROJECTS, LATE_PROJECT]))
        clean.run()
        first = work.summary()
        check("rejected", first["rejected"], {"unknown_project": 20})
        before = work.dead()
        work.write("projects.jsonl", lines([*PROJECTS, LATE_PROJECT]))
        dry = replayed(work, "--dry-run", run_id="dry")
        check("a dry run counts", (dry["events"], dry["dry_run"]), (20, True))
        check("and changes nothing", len(work.rows()["history.deactivations"]), 10)
        for workers, bundle in (("1", "0"), ("4", "1"), ("2", "7")):
            done = replayed(work, "--workers", workers, "--bundle", bundle)
            check("records", (done["read"]["records"], done["events"], done["rejected_total"]),
                  (20, 20, 0))
            check("the sum", done["adds_up"])
            check_rows("replayed", work.rows(*OF_A_RUN), clean.rows(*OF_A_RUN))
        check("nothing is deleted", work.dead(), before)
        work.check_whole()


def test_a_replay_adds_to_an_hour():
    """The run replaces its hour whole; a replay of it must not."""
    with Work() as work, Work() as clean:
        for w in (work, clean):
            w.input("a.jsonl", lines([event(1), event(2, hash=LATE), event(3)]))
        work.run("--window", "2026-08-20T03")
        work.write("projects.jsonl", lines([*PROJECTS, LATE_PROJECT]))
        replay(work, "--window", "2026-08-20T03")
        clean.write("projects.jsonl", lines([*PROJECTS, LATE_PROJECT]))
        clean.run("--window", "2026-08-20T03")
        check("rows", len(work.rows()["history.sites"]), 3)
        check_rows("replayed", work.rows(*OF_A_RUN), clean.rows(*OF_A_RUN))


def test_what_fails_again_counts_its_attempts():
    with Work() as work:
        bad = b'{"hash": tru}\n{"a":1}\n[1]\n'
        work.input("a.jsonl", bad + lines([event(1, hash=LATE), event(2, hash=LATE)]))
        work.input("b.json", b'{"a":1} {"b"} {"c":2}')
        work.run()
        before = letters(work, "test-run")
        for attempt, name, file in ((2, "r2", "test-run.jsonl"), (3, "r3", "r2.jsonl")):
            done = replayed(work, file=file, run_id=name)
            check("rejected again", done["rejected_total"], len(before))
            check("the sum", done["adds_up"])
            again = letters(work, name)
            check("attempts", {x["attempts"] for x in again}, {attempt})
            strip = ("attempts", "run")
            for old, new in zip(before, again, strict=True):
                check_same("a letter", {k: v for k, v in new.items() if k not in strip},
                           {k: v for k, v in old.items() if k not in strip})
        check("the files", sorted(os.listdir(work.path("dead"))),
              ["r2.jsonl", "r3.jsonl", "test-run.jsonl"])
        files = [work.path("dead", f"{n}.jsonl") for n in ("r2", "r3", "test-run")]
        done = work.run(*files, "--summary", "json", verb="replay", run_id="r4")
        check_in("said", f"left out {2 * len(before)} dead letters that other files have too",
                 done.err)
        check("a record in several files counts once", json.loads(done.out)["read"]["records"],
              len(before))
        check("the latest attempt counts", {x["attempts"] for x in letters(work, "r4")}, {4})


def test_codes_are_picked():
    with Work() as work:
        work.input("a.jsonl", b"{}\n" + line(event(1, hash=LATE)) + line(event(2, hash="x")))
        work.run()
        done = replayed(work, "--code", "unknown_project")
        check("records", done["read"]["records"], 1)
        refused = replay(work, "--code", "bad_url", code=2)
        check_in("nothing left", "nothing to replay: no dead letter of the code bad_url", refused.err)


def test_from_an_earlier_step():
    with Work() as work:
        work.input("a.jsonl", b"[1]\n" + line(event(1, hash=LATE)))
        work.run()
        done = replayed(work, "--code", "not_object", "--from", "read_hour")
        check("read again", (done["read"]["records"], done["rejected"]), (1, {"not_object": 1}))
        check("from its source", letters(work, "again")[0]["source"]["line"], 1)
        refused = replay(work, "--code", "unknown_project", "--from", "read_hour", code=2)
        check_in("another record", "of another record than --from takes", refused.err)


def test_raw_bytes_are_read_by_the_rules_of_the_source():
    """What was too large for one run is not for the next."""
    with Work() as work, Work() as clean:
        for w in (work, clean):
            w.input("a.jsonl", line(event(1)) + line(event(2, reason_info="x" * 3000)))
        work.run("--max-record", "2K")
        check("rejected", [x["code"] for x in work.dead()], ["too_large"])
        again = replayed(work, "--max-record", "2K", run_id="again")
        check("again", again["rejected"], {"too_large": 1})
        check("for this run", replayed(work, run_id="large")["events"], 1)
        clean.run()
        check_rows("replayed", work.rows(*OF_A_RUN), clean.rows(*OF_A_RUN))


def test_a_rejected_reason_enters_on_its_branch():
    """An event that one branch rejected is replayed on that branch alone."""
    known = [{"slug": "other", "label": "Other", "active": True}]
    with Work() as work, Work() as clean:
        for w in (work, clean):
            w.input("a.jsonl", lines(event(i, reason_id="new" if i % 2 else "other")
                                     for i in range(6)))
        work.write("projects.jsonl", lines([PROJECTS[0] | {"reasons": known}]))
        check("rejected", work.summary()["rejected"], {"unknown_reason": 3})
        more = lines([PROJECTS[0] | {"reasons": [*known, known[0] | {"slug": "new"}]}])
        for w in (work, clean):
            w.write("projects.jsonl", more)
        clean.run()
        done = replayed(work)
        check("only there", {s["name"] for s in done["sinks"]},
              {"history_deactivations", "latest_deactivations"})
        check_rows("replayed", work.rows(*OF_A_RUN), clean.rows(*OF_A_RUN))


def test_mail_that_was_refused_is_posted_again():
    with Work() as work, Server(lambda request, count: Answer(400)) as refusing:
        work.events(3)
        work.run("--mail-endpoint", refusing.url)
        check("refused", [x["code"] for x in work.dead()], ["mail_failed"] * 3)
        with Server() as server:
            done = replayed(work, "--mail-endpoint", server.url)
            check("sent", done["mail"], {"sent": 3, "failed": 0, "pending": 0})
            check("posted", len(server.requests), 3)
        check("marked", {r["status"] for r in work.rows()["latest.mail_outbox"].values()}, {"sent"})


def test_what_cannot_be_replayed_is_refused():
    with Work() as work:
        work.input("a.jsonl", line(event(1, hash=LATE)) + b'{"x":"' + b"y" * 70000 + b'" bad\n')
        work.input("empty.jsonl", b"")
        work.run("--mask-pii")
        work.run("--mask-pii")
        for code, why in (("unknown_project", "was masked"), ("bad_json", "truncated"),
                          ("empty", "there is nothing of it")):
            refused = replay(work, "--code", code, code=2)
            check_in(code, why, refused.err)
            check_in("where", "test-run.jsonl:", refused.err)
        check("no run began", sorted(os.listdir(work.path("dead"))), ["test-run.jsonl"])
        refused = replay(work, "--skip-unfit", code=2)
        check_in("all of them", "3 of 3 dead letters cannot be replayed", refused.err)
        letter = work.dead()[0] | {"stage": "validate_projekt"}
        for name, text, part in (
                ("stage", json.dumps(letter), "no step 'validate_projekt'"),
                ("other", json.dumps(letter | {"pipeline": "billing"}), "of the pipeline 'billing'"),
                ("noise", "{}", "no dead letter"), ("text", "hello", "no JSON object"),
                ("nothing", "", "nothing to replay")):
            path = work.write(name + ".jsonl", text + "\n")
            check_in(name, part, work.run(path, verb="replay", code=2).err)
        check_in("near", "did you mean validate_project?",
                 work.run(work.path("stage.jsonl"), verb="replay", code=2).err)
        check_in("no file", "No such file", work.run("nowhere.jsonl", verb="replay", code=2).err)
        check_in("none", "replay wants files", work.run(verb="replay", code=2).err)
        refused = replay(work, run_id="test-run", code=2)
        check_in("its own file", "would write over", refused.err)
        refused = replay(work, "--from", "nowhere", "--code", "empty", code=2)
        check_in("from", "no step 'nowhere'", refused.err)
        refused = replay(work, "--from", "mail_outbox", "--code", "unknown_project", code=2)
        check_in("from elsewhere", "of another record", refused.err)


def test_the_rest_of_a_file_with_unfit_letters():
    with Work() as work:
        work.input("a.jsonl", line(event(1, hash=LATE)))
        work.input("empty.jsonl", b"")
        work.run()
        check_in("refused whole", "1 of 2 dead letters", replay(work, code=2).err)
        done = replay(work, "--skip-unfit")
        check_in("said", "left out 1 dead letter that cannot be replayed", done.err)
        check("the other", [x["attempts"] for x in letters(work, "again")], [2])


def test_positions_need_the_input_they_came_from():
    with Work() as work:
        work.input("a.jsonl", line(event(1, hash=LATE)))
        work.input("/b.jsonl", line(event(2, hash=LATE)))
        work.run()
        os.rename(work.path("in"), work.path("gone"))
        refused = replay(work, code=2)
        check_in("time", "its input file is gone", refused.err)
        check_in("where", "1 of 2", refused.err)
        check("the hour is in the path", replayed(work, "--skip-unfit")["read"]["records"], 1)
        refused = replay(work, "--input", work.path("gone"), code=2)
        check_in("another input", "not below what the pipeline reads now", refused.err)


def test_many_letters_with_little_memory():
    with Work() as work:
        count = 20_000
        work.input("a.jsonl", lines(event(i, hash=LATE) for i in range(count)))
        work.run("--max-rejected", "100%")
        work.write("projects.jsonl", lines([*PROJECTS, LATE_PROJECT]))
        done = replayed(work, "--memory", "16M")
        check("all", (done["events"], done["adds_up"]), (count, True))
        check("over the limit", done["spilled_bytes"] > 0)
        check("rows", len(work.rows("body")["history.sites"]), count)


def test_counts_cannot_be_added_to():
    """The words of wordcount are counted from all of them; a store of lines is written whole."""
    with Folder() as folder:
        folder.write("in/a.txt", b"x" * 3000 + b"\n" + b"a b\n")
        args = ["--input", folder.path("in"), "--dead", folder.path("dead"), "--run-id"]
        output = ["--output", "sqlite:" + folder.path("words.db")]
        done = run([program("wordcount"), "run", *args, "r1", *output])
        check("exit", done.code, 0)
        letter = {"v": 1, "run": "r", "pipeline": "wordcount", "stage": "split", "code": "bad_json",
                  "message": "m", "site": "x", "source": {"uri": folder.path("in/a.txt"), "offset": 0,
                  "line": 1, "record": 0}, "attempts": 1, "element": {"text": "a b"}}
        path = folder.write("dead/r.jsonl", json.dumps(letter) + "\n")
        done = run([program("wordcount"), "replay", path, *args, "r2", *output])
        check("refused", done.code, 2)
        check_in("why", "would aggregate these elements without those it had before", done.err)
        check_in("hint", "run the input again", done.err)
        tally = {"key": "a", "count": 3}
        path = folder.write("dead/t.jsonl", json.dumps(
            letter | {"stage": "name", "element": tally, "source": {"uri": None}}) + "\n")
        done = run([program("wordcount"), "replay", path, *args, "r3", *output, "--summary", "json"])
        check("behind the count it can", (done.code, json.loads(done.out)["events"]), (0, 1))
        done = run([program("wordcount"), "replay", path, *args, "r4", "--output",
                    folder.path("words.ndjson")])
        check("a file", done.code, 2)
        check_in("why", "so a replay cannot add to it", done.err)


# ---- dead ----------------------------------------------------------------------------------------
def test_dead_letters_are_listed_and_counted():
    with Work() as work:
        check("none", dead(work, "ls").out, f"no dead letters in {work.path('dead')}\n")
        check("none", dead(work, "stats", "--json").out, "[]\n")
        work.input("a.jsonl", b'{"hash": tru}\n' + lines(event(i, hash=LATE) for i in range(12)))
        work.run(run_id="r1")
        work.input("b.jsonl", b"[\n")
        work.run(run_id="r2")
        listed = dead(work, "ls").out.splitlines()
        check("lines", len(listed), 13 + 14)
        check_in("a line", f"r1-2   validate_project  unknown_project  {work.path('in')}/2026/08/20"
                 f"/03/a.jsonl:2  no project has the hash {LATE}", listed[1])
        check("of one file", len(dead(work, "ls", work.path("dead/r2.jsonl")).out.splitlines()), 14)
        rows = [json.loads(text) for text in dead(work, "ls", "--json").out.splitlines()]
        check("ids", [row["id"] for row in rows][:14], [f"r1-{i}" for i in range(1, 14)] + ["r2-1"])
        stats = {(s["code"], s["stage"]): s for s in json.loads(dead(work, "stats", "--json").out)}
        check("counts", {k: s["count"] for k, s in stats.items()},
              {("unknown_project", "validate_project"): 24, ("bad_json", "parse"): 3})
        text = dead(work, "stats").out.splitlines()
        check("the most come first", text[1].split()[:3], ["24", "unknown_project", "validate_project"])
        check("the sum", text[-1], "27 dead letters in 2 files")


def test_a_dead_letter_is_explained():
    with Work() as work:
        work.input("a.jsonl", '{"hash":"é", "url": tru}\n'.encode() + line(event(1, hash=LATE)))
        work.input("b.json", b'{"hash":\n  "x",\n  "url" 5}')
        work.run()
        shown = dead(work, "show", "test-run-1").out.splitlines()
        check("what", shown[0], "bad_json: expected true, false or null (byte 24)")
        check_in("where", "a.jsonl:1  record 0, byte 24", shown[1])
        check_in("by whom", "pipelines/deactivate.c:", shown[2])
        check("the bytes", shown[3], '   | {"hash":"é", "url": tru}')
        check("the place", shown[4], "   | " + " " * 23 + "^")
        check_in("next", "replay " + work.path("dead/test-run.jsonl"), shown[-1])
        shown = dead(work, "show", work.path("dead/test-run.jsonl:2")).out
        check_in("fields", f'"hash":"{LATE}"', shown)
        shown = dead(work, "show", "test-run-3").out.splitlines()
        check_in("a line further down", "b.json:3:9", shown[1])
        check("that line", shown[3:5], ['   |   "url" 5}', "   |         ^"])
        whole = json.loads(dead(work, "show", "test-run-1", "--json").out)
        check("as it stands", whole, work.dead()[0])
        for word, part in (("test-run-9", "has no dead letter 9"), ("nope-1", "No such file"),
                           ("x", "is neither RUN-N"), (work.path("in"), "is neither")):
            check_in(word, part, dead(work, "show", word, code=2).err)
        for words in ((), ("show",), ("frob",), ("show", "a-1", "b-1")):
            check_in(str(words), "dead wants one of", dead(work, *words, code=2).err)


def test_terminals_are_safe_from_data():
    with Work() as work:
        work.input("a.jsonl", b'{"hash":"\\u001b[31mred\\u0007","url":"\x1b[2J"}\n{"\x1b[31m\n')
        work.run()
        for words in (("ls",), ("stats",), ("show", "test-run-1"), ("show", "test-run-2")):
            check_not_in("no escape sequence", "\x1b", dead(work, *words).out)


# ---- peek ----------------------------------------------------------------------------------------
def peek(work, *more, code=0, **how):
    done = work.run(*more, verb="peek", code=code, run_id=None, **how)
    return done if code else [json.loads(text) for text in done.out.splitlines()]


def test_first_elements_of_an_edge():
    with Work() as work:
        work.input("a.jsonl", b'{"bad\n' + lines(event(i) for i in range(50)))
        check("ten", len(peek(work, "custom_fields")), 10)
        got = peek(work, "custom_fields.events", "-n", "3")
        check("in order", [e["event_id"] for e in got], ["e-000000", "e-000001", "e-000002"])
        check("a line that is no JSON", peek(work, "read_hour.out", "-n", "2"), ['{"bad', event(0)])
        check("all there are", len(peek(work, "clean", "-n", "99")), 50)
        check("behind an aggregate", len(peek(work, "newest_site", "--elements", "7")), 7)
        check("a side input", [p["id"] for p in peek(work, "read_project")], ["p1", "p2"])
        check("nothing was written", sorted(os.listdir(work.top)), ["in", "projects.jsonl"])


def test_peek_masks_and_refuses():
    with Work() as work:
        work.events(3)
        check("personal data", peek(work, "custom_fields", "-n", "1")[0]["admin_email"],
              "owner0@shop0.org")
        masked = peek(work, "custom_fields", "-n", "1", "--mask-pii")[0]
        check("masked", (masked["admin_email"], masked["event_id"]), ("***", "e-000000"))
        for words, part in ((("clan",), "is no step"), (("clean.x",), "one of: clean.sites"),
                            (("latest_sites",), "emits nothing"), ((), "peek wants one step"),
                            (("clean", "trim"), "peek wants one step"),
                            (("clean", "-n", "0"), "between 1"), (("clean", "-n"), "needs a value")):
            check_in(str(words), part, peek(work, *words, code=2).err)
        os.unlink(work.path("projects.jsonl"))
        check_in("a side input that is missing", "projects.jsonl", peek(work, "clean", code=1).err)


def test_peek_stops_early():
    """What a whole run would fail at is never reached."""
    how = permissions()
    with Work() as work:
        work.events(2000)
        os.chmod(work.input("z.jsonl", b"{}"), 0)
        check_in("the run fails", "Permission denied", work.run(code=1, **how).err)
        check("the first ones come", len(peek(work, "custom_fields", **how)), 10)
        check_in("not all", "Permission denied",
                 peek(work, "custom_fields", "-n", "3000", code=1, **how).err)


# ---- one record ----------------------------------------------------------------------------------
def trace(work, place, *more, code=0):
    """{step: object} of one record, and the summary."""
    done = work.run("--trace-record", place, "--summary", "json", "--trace-out",
                    work.path("trace.jsonl"), *more, code=code)
    with open(work.path("trace.jsonl"), encoding="utf-8") as file:
        steps = [json.loads(text) for text in file]
    return {s["trace"]: s for s in steps}, json.loads(done.out)


def test_one_record_on_its_way():
    with Work() as work, Work() as other:
        for w in (work, other):
            w.input("a.jsonl", lines(event(i) for i in range(300)))
            w.input("b.jsonl", lines([event(7, reason_info="newer", collector={
                "received_at": "2026-08-20T03:40:00.000Z", "request_id": "e-2"})]))
        uri = work.path("in/2026/08/20/03/a.jsonl")
        for more in ((), ("--workers", "4", "--bundle", "1")):
            steps, summary = trace(work, uri + ":8", *more)
            check("steps", list(steps), [
                "read_hour", "parse", "validate_project", "custom_fields", "validate_reason", "trim",
                "history_deactivations", "newest_deactivation", "clean", "history_sites",
                "newest_site", "request_mail", "mail_outbox"])
            check("source", steps["parse"]["source"]["record"], 7)
            check("given", steps["parse"]["in"], [event(7)])
            check("made", steps["custom_fields"]["out"]["events"][0]["event_id"], "e-000007")
            check("in and out", steps["trim"]["in"], steps["validate_reason"]["out"]["events"])
            check("verdicts", {steps[s]["verdict"] for s in ("parse", "trim", "request_mail")}, {"ok"})
            check("history", steps["history_sites"]["verdict"], "written")
            check("a newer one", steps["newest_site"]["verdict"],
                  "replaced by another element with its key")
        plain = other.summary()
        for key in ("read", "events", "rejected", "adds_up"):
            check(key, summary[key], plain[key])
        check_rows("the same rows", work.rows(*OF_A_RUN), other.rows(*OF_A_RUN))


def test_a_rejected_record_is_followed_to_its_end():
    with Work() as work:
        work.input("a.jsonl", line(event(1)) + line(event(2, hash=HASH_OFF)) + b'{"x" 1}\n')
        steps, _ = trace(work, "a.jsonl#1", "--mask-pii")
        last = steps["validate_project"]
        check("the end", (list(steps)[-1], last["verdict"], last["code"]),
              ("validate_project", "rejected", "inactive_project"))
        check("masked", last["in"][0]["sent"]["email"], "***")
        steps, _ = trace(work, "03/a.jsonl:3")
        check("no JSON", (steps["parse"]["in"], steps["parse"]["code"]), (['{"x" 1}'], "bad_json"))
        steps, _ = trace(work, "jsonl:3")
        check("no part of a name", steps, {})
        steps, _ = trace(work, work.path("projects.jsonl:1"))
        check("a side input", list(steps), ["read_projects", "read_project"])
        done = work.run("--trace-record", "a.jsonl:2", "--quiet")
        for part in ("trace of ", "validate_project  (", "pipelines/deactivate.c:", "  in       {",
                     "  = rejected inactive_project: project p2 is not active\n"):
            check_in("for people", part, done.err)
        check("stdout is as ever", done.out, "")
        done = work.run("--trace-record", "a.jsonl:9", "--quiet")
        check_in("none", "no record at a.jsonl:9 was read", done.err)
        steps, _ = trace(work, "a.jsonl:1", "--dry-run")
        check("a dry run", steps["history_sites"]["verdict"], "not written: dry run")


def test_a_trace_that_cannot_be_had():
    with Work() as work:
        work.events(2)
        for place in ("a.jsonl", "a.jsonl:0", ":3", "a.jsonl:x", "a.jsonl#"):
            for verb in ("run", "check"):
                done = work.run("--trace-record", place, verb=verb, code=2)
                check_in("refused", "is not FILE:LINE or FILE#RECORD", done.err)
        done = work.run("--trace-record", "a.jsonl:1", "--trace-out", work.path("no/dir/x"))
        check_in("said; the data is there", "cannot write the trace to", done.err)
        check("rows", len(work.rows()["history.sites"]), 2)


def test_a_replay_can_be_traced():
    with Work() as work:
        work.input("a.jsonl", line(event(1, hash=LATE)))
        work.run()
        work.write("projects.jsonl", lines([*PROJECTS, LATE_PROJECT]))
        done = replay(work, "--trace-record", "a.jsonl:1", "--quiet")
        check_in("its way", "replay_validate_project", done.err)
        check_in("to the end", "\nhistory_sites  (", done.err)


if __name__ == "__main__":
    main(globals())
