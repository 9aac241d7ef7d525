# SPDX-License-Identifier: Apache-2.0
"""The command line of the real programs: verbs, exit codes, what is refused and how it is said, and
that `check` accepts exactly what `run` does not refuse."""
import json
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import shim
from harness import BUILD, SOURCE, Folder, check, check_in, main, program, run, sanitized, skip
from product import Work

DEACTIVATE = program("deactivate")

# (options behind those of a sound run, exit code, words of the error)
REFUSED = [
    (("--inptu", "x"), 2, "did you mean --input?"), (("--workers", "many"), 2, "'many'"),
    (("--workers", "1025"), 2, "between 0 and 1024"), (("--workers", "-1"), 2, "between 0"),
    (("--memory", "15M"), 2, "at least 16M"), (("--memory", "1Q"), 2, "--memory"),
    (("--max-rejected", "some"), 2, "a count or a percentage"),
    (("--max-rejected", "-1"), 2, "--max-rejected"), (("--max-record", "1.5"), 2, "--max-record"),
    (("--progress", "loud"), 2, "auto, always, never or json"),
    (("--summary", "xml"), 2, "text or json"), (("--log-format", "x"), 2, "auto, human or json"),
    (("--dry-run=perhaps",), 2, "perhaps"), (("--now", "yesterday"), 2, "--now"),
    (("--bundle", "-1"), 2, "--bundle"), (("stray",), 2, "unexpected argument 'stray'"),
    (("--window",), 2, "--window"), (("--config", "/nowhere.conf"), 2, "/nowhere.conf"),
    (("--dead", "sqlite:x.db"), 2, "a local directory"), (("--latest", "sqlite:"), 2, "path"),
    (("--history", "rows.ndjson"), 2, "keep a log of changes"), (("--mail-endpoint", "http:"), 2, "no URL"),
    (("--latest", "sqlite:same.db", "--history", "sqlite:same.db"), 2, "already exists"),
    (("--input", "ftp://host/x"), 3, "known here: a path, file:, sqlite:"),
    (("--latest", "mysql:x"), 3, "cannot"), (("--history", "mysql:x"), 3, "known here: a path"),
    (("--mail-endpoint", "smtp://x"), 3, "known here: http:, https:"),
    (("--window", "2026-13-01T00"), 3, "write YYYY-MM-DDTHH"),
    (("--since", "today"), 3, "'today'"), (("--max-record", "-5"), 3, "positive .max_record")]
SOUND = [(), ("--workers", "3"), ("--memory", "32M"), ("--dry-run",), ("--max-rejected", "5%"),
         ("--window", "2026-08-20T03"), ("--since", "2026-08-20T03", "--until", "2026-08-21T00"),
         ("--no-dry-run",), ("--dead=",), ("--max-record", "2K"), ("--mask-pii",),
         ("--input", "{top}/projects.jsonl"), ("--latest", "sqlite:{top}/new/deep/latest.db")]


def deactivate(*words, **how):
    return run([DEACTIVATE, *words], **how)


def test_verbs():
    for words, code, part in (((), 2, "a verb is missing"), (("frob",), 2, "unknown verb 'frob'"),
                              (("rnu",), 2, "did you mean"), (("--input", "x"), 2, "a verb must"),
                              (("list",), 2, "transforms, options, codes"),
                              (("list", "cats"), 2, "transforms, options, codes"),
                              (("run",), 2, "--input is required"),
                              (("check",), 2, "--input is required")):
        done = deactivate(*words)
        check(f"{words}", (done.code, done.out), (code, ""))
        check_in(f"{words}", part, done.err)
        check_in("a next command", "= help:", done.err)


def test_help():
    check_in("verbs", "run", deactivate("--help").out)
    helps = {}
    for verb in ("run", "check", "list", "graph", "dead", "replay", "peek"):
        done = deactivate(verb, "--help")
        check(f"{verb} --help", (done.code, done.err), (0, ""))
        helps[verb] = done.out
    for option in json.loads(deactivate("list", "options", "--json").out):
        own = ("check", "graph", "dead", "replay", "peek")
        verb = option["group"] if option["group"] in own else "run"
        if not option.get("hidden"):
            check_in(f"help of {verb}", "--" + option["name"].lstrip("-"), helps[verb])


def test_version():
    done = deactivate("--version")
    check("exit", done.code, 0)
    for part in ("joist 0.", "build ", "sqlite 3.", "curl ", "zlib ", "jansson "):
        check_in("version", part, done.out)
    check("another program is another build", done.out.split("build ")[1][:40]
          != run([program("wordcount"), "--version"]).out.split("build ")[1][:40])


def test_lists():
    wanted = {"transforms": ("joist_read", "joist_latest", "sqlite", "http", "validate_reason"),
              "options": ("input", "max-rejected", "metrics-out"),
              "codes": ("bad_json", "unknown_reason", "sink_row")}
    for what, names in wanted.items():
        rows = json.loads(deactivate("list", what, "--json").out)
        check("an array of objects with help", all(row.get("help") for row in rows))
        found = {row["name"].lstrip("-") for row in rows}
        check(f"{what}", set(names) - found, set())
        text = deactivate("list", what).out
        check("the text lists as many", len(text.splitlines()) >= len(rows))


def test_refused_alike():
    """The same error and code from both, and nothing was written."""
    with Work() as work:
        work.events(2)
        for options, code, part in REFUSED:
            said = []
            for verb in ("check", "run"):
                done = work.run(*options, verb=verb, code=None, now=None, run_id=None,
                                cwd=work.top)
                check(f"{verb} {options}\n{done}", done.code, code)
                check_in(f"{verb} {options}", part, done.err)
                check("nothing on stdout", done.out, "")
                said.append(done.err.replace(f" {verb} ", " VERB "))
            check("one voice", said[0], said[1])
        check("nothing written", sorted(os.listdir(work.top)), ["in", "projects.jsonl"])


def test_accepted_alike():
    for options in SOUND:
        with Work() as work:
            work.events(2)
            options = [o.format(top=work.top) for o in options]
            done = work.run(*options, verb="check")
            check_in(f"check {options}", "OK", done.out)
            check("check writes nothing", sorted(os.listdir(work.top)), ["in", "projects.jsonl"])
            done = work.run(*options, code=None)
            check(f"run {options}\n{done}", done.code in (0, 1))
            work.run("--online", *options, verb="check", code=done.code)


def test_check_online():
    with Work() as work:
        work.events(2)
        check_in("all is there", "can be opened", work.run("--online", verb="check").out)
        work.write("latest.db", b"no database " * 99)
        done = work.run("--online", verb="check", code=1)
        check_in("the store", "latest.db", done.err)
        work.run(verb="check")
        done = work.run("--online", "--input", work.path("none"), verb="check", code=1)
        check_in("the input", work.path("none"), done.err)


def test_too_many_rejected():
    with Work() as work:
        work.events(9)
        work.input("bad.jsonl", b"{\n")
        for limit, code in (("0", 4), ("1", 0), ("9%", 4), ("10%", 0), ("100%", 0)):
            done = work.run("--max-rejected", limit, code=code)
            check_in(limit, "TOO MANY REJECTED" if code else "OK", done.out)
        check("the data is committed all the same", len(work.rows()["latest.sites"]), 9)


def test_a_dry_run():
    with Work() as work:
        work.events(9)
        summary = work.summary("--dry-run")
        check("numbers", (summary["events"], summary["dry_run"], summary["exit"]), (9, True, 0))
        check("no stores", sorted(os.listdir(work.top)), ["in", "projects.jsonl"])


def test_temporary():
    """75: too many open files pass, and a scheduler should know."""
    with Folder() as folder, Work() as work:
        work.events(2)
        env = {"LD_PRELOAD": shim.build(folder), "JOIST_SHIM": "open:1:24",
               "JOIST_SHIM_IN": "a.jsonl", "JOIST_SHIM_HIT": folder.path("hit")}
        done = work.run(code=75, env=env)
        check_in("the verdict", "FAILED for now", done.out)
        check_in("what to do", "run the same command again", done.err)


GRAPH_ERROR = """#include <joist.h>
#define OPTIONS(F, T) F(T, joist_text, input, JOIST_REQUIRED)
JOIST_RECORD(options, OPTIONS);
JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    joist_read(joist_line, p, .uri = o->input);
}
static const joist_pipeline_def def = { .name = "loose", .options = &options_type,
                                        .build = build_any };
int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
"""


def test_a_wrong_graph():
    """A pipeline whose collection goes nowhere: 3, at its place in the source."""
    if sanitized():
        skip("a library with sanitizers links only with their options")
    with Folder() as folder:
        source, binary = folder.write("loose.c", GRAPH_ERROR), folder.path("loose")
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libcurl", "jansson", "sqlite3",
                                "libcrypto", "zlib", "libidn2", "simdjson"], check=True,
                               capture_output=True, text=True).stdout.split()
        subprocess.run([os.environ.get("CXX", "c++"), "-x", "c", "-o", binary, "-I",
                        os.path.join(SOURCE, "engine/include"), source, "-x", "none",
                        os.path.join(os.path.abspath(BUILD), "libjoist.a"), *flags, "-lpthread",
                        "-lm"], check=True)
        for verb in ("check", "run"):
            done = run([binary, verb, "--input", "x"])
            check(f"{verb}", done.code, 3)
            check_in("place", f"--> {source}:7", done.err)
            check_in("reason", "goes nowhere", done.err)


def test_a_reader_that_goes_away():
    """`… | head` is no failure, and no SIGPIPE either."""
    with Work() as work:
        work.events(3)
        reader, writer = os.pipe()
        os.close(reader)
        done = work.run(stdout=writer)
        os.close(writer)
        check("exit", done.code, 0)
        check("committed", len(work.rows()["latest.sites"]), 3)


def test_interrupted():
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        with Folder() as folder, Work() as work:
            work.events(3)
            stopped = shim.Stopped(folder, work, "open", 1, "a.jsonl")
            stopped.signal(number)
            done = stopped.go_on()
            check(f"{number}", done.code, code)
            check_in("the verdict", "INTERRUPTED", done.out)


main(globals())
