# SPDX-License-Identifier: Apache-2.0
"""Where a value comes from: flag over environment over config file over default, as --explain-options
tells it and as the run does it; secrets are never shown."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import Folder, check, check_in, check_not_in, main, program, run
from product import Work

DEACTIVATE = program("deactivate")


def explained(*words, **how):
    """{option: (value, source)} as --explain-options prints it."""
    done = run([DEACTIVATE, "run", "--explain-options", *words], **how)
    check(f"exit code\n{done}\n", done.code, 0)
    table = {}
    for line in done.out.splitlines()[1:]:
        name, rest = line.split(maxsplit=1)
        value, source = rest.rsplit("  ", 1)
        table[name] = (value.strip(), source.strip())
    return table


def test_each_source_beats_the_next():
    with Folder() as folder:
        conf = folder.write("joist.conf", "# the hourly job\nmax-rejected = 3%\nworkers = 3\n")
        words, env = [], {}
        for want in (("(none)", "-"), ("3%", f"{conf}:2"), ("2%", "environment JOIST_MAX_REJECTED"),
                     ("1%", "flag")):
            check("max-rejected", explained(*words, env=env)["--max-rejected"], want)
            if want[0] == "(none)":
                words += ["--config", conf]
            elif want[0] == "3%":
                env = {"JOIST_MAX_REJECTED": "2%"}
            else:
                words += ["--max-rejected=1%"]
        check("only one of them", explained(*words, env=env)["--workers"], ("3", f"{conf}:3"))


def test_defaults():
    table = explained()
    for name, value in (("--latest", "sqlite:out/latest.db"), ("--dead", "out/dead"),
                        ("--history", "sqlite:out/history.db"), ("--progress", "auto"),
                        ("--summary", "text"), ("--dry-run", "false"), ("--memory", "0")):
        check(name, table[name], (value, "default"))
    check("an empty variable is none", explained(env={"JOIST_DEAD": ""})["--dead"][1], "default")


def test_flags():
    check("the last one counts", explained("--dead", "a", "--dead=b")["--dead"][0], "b")
    check("off again", explained("--dry-run", "--no-dry-run")["--dry-run"], ("false", "flag"))
    check("over the environment", explained("--no-dry-run", env={"JOIST_DRY_RUN": "1"})
          ["--dry-run"], ("false", "flag"))
    check("short", explained("-i", "x")["--input"], ("x", "flag"))
    check("no abbreviations", run([DEACTIVATE, "run", "--inp", "x"]).code, 2)
    check("a value like a flag", explained("--dead=--x")["--dead"][0], "--x")


def test_only_the_winner_is_read():
    with Folder() as folder:
        conf = folder.write("c", "workers = many\n")
        check("overridden", explained("--config", conf, "--workers", "2")["--workers"][0], "2")
        done = run([DEACTIVATE, "run", "--explain-options", "--config", conf])
        check("or refused", done.code, 2)
        check_in("with its place", f"{conf}:1", done.err)


def test_config_files():
    good = '  latest = "sqlite:/a b/#1.db"   # spaces\n\n# x\ndry_run=yes\r\nmemory = 1GiB\n'
    with Folder() as folder:
        conf = folder.write("c", good)
        table = explained(env={"JOIST_CONFIG": conf})
        check("quotes", table["--latest"][0], "sqlite:/a b/#1.db")
        check("underscore", table["--dry-run"], ("yes", f"{conf}:4"))
        for bad, part in (("colour = red\n", "colour"), ("dead = a\ndead = b\n", ":2"),
                          ("no sign\n", "key = value"), ("= x\n", ":1"), ('dead = "open\n', ":1")):
            done = run([DEACTIVATE, "run", "--config", folder.write("bad", bad)])
            check(f"{bad!r}\n{done}", done.code, 2)
            check_in(f"{bad!r}", part, done.err)
        check("not unasked", run([DEACTIVATE, "run", "--explain-options"], cwd=folder.top).code, 0)


def test_they_do_what_they_say():
    """The same run by flags, by the environment and by a file."""
    with Work() as work:
        work.events(3)
        flags = work.args(now=None, run_id=None)[2:]
        pairs = list(zip(flags[::2], flags[1::2]))
        wanted = None
        for how in ("flags", "environment", "file"):
            work.remove_outputs()
            words, env = [DEACTIVATE, "run", "--now", "2026-08-20T04:00:00Z", "--run-id", "r"], {}
            if how == "flags":
                words += flags
            elif how == "environment":
                env = {"JOIST_" + n[2:].upper().replace("-", "_"): v for n, v in pairs}
            else:
                text = "".join(f"{n[2:]} = {v}\n" for n, v in pairs)
                words += ["--config", work.write("c.conf", text)]
            check(how, run(words, env=env).code, 0)
            rows = work.rows()
            check(how, rows, wanted or rows)
            wanted = rows


def test_secrets_are_hidden():
    uris = ("http://user:canary@host/x", "https://host/x?token=canary&a=1",
            "http://host/?api_key=canary", "http://h/?password=canary")
    with Folder() as folder:
        for uri in uris:
            conf = folder.write("c", f'mail-endpoint = "{uri}"\n')
            for words, env in ((["--mail-endpoint", uri], {}), (["--config", conf], {}),
                               ([], {"JOIST_MAIL_ENDPOINT": uri})):
                done = run([DEACTIVATE, "run", "--explain-options", *words], env=env)
                check_not_in("explained", "canary", done.out + done.err)
                check_in("but there", "***", done.out)
        done = run([DEACTIVATE, "run", "--input", "ftp://user:canary@host/x"])
        check_not_in("an error", "canary", done.out + done.err)


main(globals())
