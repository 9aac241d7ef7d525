# SPDX-License-Identifier: Apache-2.0
"""Completion as a person has it: bash and zsh on a terminal of their own, keys typed and Tab pressed; fish
by `complete -C`, which is what its Tab asks. A shell that is not installed is said and left out.

Tests: tools/cli/complete.c tools/cli/completion.c"""
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import BUILD, DEADLINE, Failed, Folder, check, check_in, main, program, run, skip

PROGRAMS = ("deactivate", "wordcount", "joist")
DEACTIVATE = program("deactivate")


def shell(name):
    return shutil.which(name) or skip(f"{name} is not installed")


def script(of, name):
    done = run([program(of), "completion", name])
    check(f"completion {name}: {done.err}", done.code, 0)
    return done.out


def with_programs(folder):
    """A folder to be in, with what there is to complete: programs on the path, files, folders."""
    for name in ("in/2026/a.jsonl", "inner.txt", "two words/x.txt", "out/latest.db"):
        folder.write(name, "")
    for name in ("bash", "zsh", "fish"):
        folder.write(f"scripts/{name}", script("deactivate", name))
    folder.write("scripts/_deactivate", script("deactivate", "zsh"))
    return {"PATH": os.path.abspath(BUILD) + ":" + os.environ["PATH"], "HOME": folder.path(),
            "TERM": "dumb", "LC_ALL": "C.UTF-8", "PS1": "$ ", "INPUTRC": "/dev/null"}


class Terminal:
    """A shell behind a terminal. `words` is what a line means after it was completed."""

    def __init__(self, argv, folder, setup):
        env = with_programs(folder)
        master, slave = pty.openpty()
        self.master = master
        self.process = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, env=env,
                                        cwd=folder.path(), start_new_session=True)
        os.close(slave)
        self.number = 0
        self.say(setup)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.master)
        self.process.kill()
        self.process.wait()

    def read_until(self, pattern):
        """What the terminal shows up to a match; a shell that keeps silent fails the test."""
        shown, end = b"", time.monotonic() + DEADLINE
        while not re.search(pattern, shown):
            ready, _, _ = select.select([self.master], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise Failed(f"no {pattern} in {shown}")
            shown += os.read(self.master, 65536)
        return shown.decode(errors="replace")

    def say(self, line):
        """Runs a line and waits for its end; answers what was shown."""
        self.number += 1
        os.write(self.master, f"{line}\necho end''-{self.number}.\n".encode())
        return self.read_until(rb"end-%d\." % self.number)

    def words(self, typed):
        """The words that the line has become after Tab: the line is made an argument of printf."""
        self.number += 1
        os.write(self.master, typed.encode() + b"\t")
        os.write(self.master, b"\x01printf '<%s>' \x05\n" + f"echo end''-{self.number}.\n".encode())
        shown = self.read_until(rb"end-%d\." % self.number)
        lines = [line for line in shown.replace("\r", "\n").split("\n") if line.startswith("<")]
        if not lines:
            raise Failed(f"{typed}: {shown!r}")
        return re.findall(r"<([^>]*)>", lines[-1])

    def shows(self, typed, *parts):
        """Tab twice shows these candidates."""
        os.write(self.master, typed.encode() + b"\t\t")
        pattern = b"".join(rb"(?=[\s\S]*" + re.escape(part.encode()) + rb")" for part in parts)
        self.read_until(rb"^" + pattern)
        os.write(self.master, b"\x15")
        self.say("")


# What is typed before Tab, and the words after it. The same in every shell.
LINES = [
    ("deactivate comp", ["deactivate", "completion"]),
    ("deactivate --vers", ["deactivate", "--version"]),
    ("deactivate list cod", ["deactivate", "list", "codes"]),
    ("deactivate completion z", ["deactivate", "completion", "zsh"]),
    ("deactivate run --max-rej", ["deactivate", "run", "--max-rejected"]),
    ("deactivate check --onl", ["deactivate", "check", "--online"]),
    ("deactivate run --no-dry", ["deactivate", "run", "--no-dry-run"]),
    ("deactivate run --summary j", ["deactivate", "run", "--summary", "json"]),
    ("deactivate run --progress=al", ["deactivate", "run", "--progress=always"]),
    ("deactivate run -q --log-format hu", ["deactivate", "run", "-q", "--log-format", "human"]),
    ("deactivate run -i inner", ["deactivate", "run", "-i", "inner.txt"]),
    ("deactivate run --input=inne", ["deactivate", "run", "--input=inner.txt"]),
    ("deactivate run --dead ou", ["deactivate", "run", "--dead", "out/"]),
    ("deactivate run --latest sql", ["deactivate", "run", "--latest", "sqlite:"]),
    ("deactivate run --latest sqlite:out/la", ["deactivate", "run", "--latest", "sqlite:out/latest.db"]),
    ("deactivate run --latest=sqlite:out/la", ["deactivate", "run", "--latest=sqlite:out/latest.db"]),
    ("deactivate run --projects out/l", ["deactivate", "run", "--projects", "out/latest.db"]),
    ("deactivate test ou", ["deactivate", "test", "out/"]),
]


def check_lines(terminal, *more):
    for typed, want in [*LINES, *more]:
        check(typed, terminal.words(typed), want)


def test_bash():
    with Folder() as folder, Terminal([shell("bash"), "--norc", "--noprofile", "-i"], folder,
                                      ". scripts/bash; bind 'set completion-query-items 0' "
                                      "'set page-completions off'") as bash:
        check_lines(bash, ("deactivate run -i two", ["deactivate", "run", "-i", "two words/"]),
                    (DEACTIVATE + " lis", [DEACTIVATE, "list"]))
        bash.shows("deactivate ", "run", "check", "test", "list", "completion")
        bash.shows("deactivate run --progress ", "auto", "always", "never", "json")
        bash.shows("deactivate run --latest ", "sqlite:", "out/", "inner.txt")


def test_zsh():
    zsh = shell("zsh")
    with Folder() as folder, Terminal([zsh, "-f", "-i"], folder, "bindkey -e; unsetopt auto_remove_slash; "
                                      "autoload -U compinit; compinit -D -u; "
                                      ". scripts/zsh") as terminal:
        check_lines(terminal)
        terminal.shows("deactivate ", "run", "check", "Runs golden cases")
    with Folder() as folder, Terminal([zsh, "-f", "-i"], folder, "bindkey -e; fpath=(scripts $fpath); "
                                      "autoload -U compinit; compinit -D -u") as terminal:
        check("from a folder of fpath", terminal.words("deactivate comp"), ["deactivate", "completion"])
        check("and again", terminal.words("deactivate comp"), ["deactivate", "completion"])


def fish_says(folder, env, line):
    # --no-config: nobody's own settings; the path of fish's own functions stays.
    done = run([shell("fish"), "--no-config", "-c", f"source scripts/fish; complete -C {line!r}"],
               cwd=folder.path(), env=env)
    check(f"{line}: {done.err}", done.code, 0)
    return dict(line.partition("\t")[::2] for line in done.out.splitlines())


def test_fish():
    shell("fish")
    with Folder() as folder:
        env = with_programs(folder)
        for typed, want in LINES:
            found = fish_says(folder, env, typed)
            check_in(typed, want[-1], list(found))
        check("help is shown", fish_says(folder, env, "deactivate che")["check"],
              "Tells everything that run would refuse, writing nothing.")
        check("no files where none belong", sorted(fish_says(folder, env, "deactivate list ")),
              ["codes", "options", "transforms"])


def asked(name, *words):
    done = run([program(name), "--complete", *words])
    check(f"{words}: {done.err}", (done.code, done.err), (0, ""))
    first, *lines = done.out.splitlines()
    return first, [line.split("\t")[0] for line in lines]


def test_every_verb_and_option_of_help_is_a_candidate():
    for name in PROGRAMS:
        text = run([program(name), "--help"]).out
        verbs = re.findall(r"^  ([a-z]+)  ", text, re.M)
        check("verbs", asked(name, "")[1], verbs)
        for verb in verbs:
            helped = re.findall(r"^  (?:-\w, |    )(--[a-z-]+)", run([program(name), verb, "--help"]).out, re.M)
            check(f"{name} {verb}", asked(name, verb, "--")[1], [*helped, "--help"])


def test_what_stands_before_decides():
    check("a value", asked("deactivate", "run", "--summary", "")[1], ["text", "json"])
    check("behind a value", asked("deactivate", "run", "--summary", "json", "--summ")[1], [])
    check("behind --name=value", asked("deactivate", "run", "--dead=x", "--metr")[1], ["--metrics-out"])
    check("behind a switch", asked("deactivate", "run", "--dry-run", "--metr")[1], ["--metrics-out"])
    check("no third word", asked("deactivate", "list", "codes", "")[1], ["--json", "--help"])
    check("behind --", asked("deactivate", "test", "--", "-"), ("dirs 0", []))
    check("hidden options stay hidden", asked("deactivate", "run", "--run")[1], [])
    check("steps", asked("deactivate", "peek", "vali")[1], ["validate_project", "validate_reason"])
    check("steps of an option", asked("deactivate", "replay", "--from=vali")[1],
          ["--from=validate_project", "--from=validate_reason"])
    check("codes", asked("deactivate", "replay", "--code", "bad_j")[1], ["bad_json"])
    check("own codes", asked("deactivate", "replay", "--code", "hash_m")[1], ["hash_missing"])
    check("first a word, then files", [asked("deactivate", "dead", "s")[1], asked("deactivate", "dead", "ls", "x")],
          [["stats", "show"], ("files 0", [])])
    check("any number of files", asked("deactivate", "dead", "ls", "a", "b", "c", "x"), ("files 0", []))
    check("examples", asked("joist", "new", "--from", "wo")[1], ["wordcount"])
    check("no such verb", asked("deactivate", "rum", ""), ("words 0", []))
    check("nothing asked", asked("deactivate"), ("words 0", asked("deactivate", "")[1]))


def test_wrong_shells_are_refused():
    done = run([DEACTIVATE, "completion", "tcsh"])
    check("exit code", done.code, 2)
    check_in("which there are", "bash, zsh, fish", done.err)


main(globals())
