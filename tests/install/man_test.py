# SPDX-License-Identifier: Apache-2.0
"""The manual pages that the build makes: mandoc and groff have nothing to say against them, and they name
every verb, option, exit code and rejection code of the program.

Tests: tools/cli/man.c tools/cli/program.c"""
import json
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import BUILD, check, check_in, check_not_in, main, program, run, sanitized, skip

PROGRAMS = ("deactivate", "analytics", "wordcount", "joist")


def page(name):
    if sanitized():
        skip("a build with sanitizers has no pages")
    path = os.path.join(os.path.abspath(BUILD), "share/man/man1", f"{name}.1")
    check(f"{path} is there", os.path.exists(path))
    return path


def tool(name):
    return shutil.which(name) or skip(f"{name} is not installed")


def rendered(name):
    """The page as one reads it, without overstriking and hyphens at line ends."""
    mandoc = tool("mandoc")
    done = run([mandoc, "-T", "utf8", "-O", "width=1000", page(name)])
    check(f"mandoc {name}: {done.err}", done.code, 0)
    return re.sub(r".\x08", "", done.out)


def test_mandoc_has_nothing_against_them():
    for name in PROGRAMS:
        done = run([tool("mandoc"), "-T", "lint", "-W", "style", page(name)])
        check(f"{name}\n{done}", (done.code, done.out, done.err), (0, "", ""))


def test_groff_has_nothing_against_them():
    for name in PROGRAMS:
        done = run([tool("groff"), "-man", "-Tutf8", "-ww", "-z", page(name)])
        check(f"{name}\n{done}", (done.code, done.out, done.err), (0, "", ""))


def test_groff_shows_dashes_that_can_be_pasted():
    done = run([tool("groff"), "-man", "-Tutf8", page("deactivate")])
    text = re.sub(r"\x1b\[[0-9;]*m|.\x08", "", done.out)
    for part in ("--max-rejected N|P%", "-q, --quiet", "deactivate --help"):
        check_in("with the dash of ASCII", part, text)


def test_everything_of_help_is_there():
    for name in PROGRAMS:
        text, told = rendered(name), run([program(name), "--help"]).out
        for verb, about in re.findall(r"^  ([a-z]+)  +(\S.*)$", told, re.M):
            check_in(f"{name}(1)", f"{name} {verb}", text)
            check_in(f"{name}(1)", about, text)
            helped = run([program(name), verb, "--help"]).out
            for option, value in re.findall(r"^  (?:-\w, |    )(--[a-z-]+)(?: (\S+))?", helped, re.M):
                check_in(f"{name}(1)", f"{option} {value}".strip(), text)
        for code in re.findall(r"(\d+|\d+/\d+) [a-z]", told[told.index("exit codes:"):]):
            check(f"{name}(1): exit code {code}", bool(re.search(rf"^ +{code}\b", text, re.M)))


def test_codes_are_there_and_hidden_options_are_not():
    for name in ("deactivate", "wordcount"):
        text = rendered(name)
        for code in json.loads(run([program(name), "list", "codes", "--json"]).out):
            check_in(f"{name}(1)", code["name"], text)
            check_in(f"{name}(1)", code["help"], text)
        for hidden in ("--run-id", "--bundle"):
            check_not_in(f"{name}(1)", hidden, text)


def test_what_roff_takes_for_its_own_is_written_out():
    text = rendered("deactivate")
    for part in ("[DIR...]", "file of `key = value` lines", "Prometheus' textfile", "-q, --quiet"):
        check_in("as it stands", part, text)


main(globals())
