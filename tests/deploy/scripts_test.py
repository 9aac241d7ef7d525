# SPDX-License-Identifier: Apache-2.0
"""The shell scripts of deploying by shellcheck; and that the Dockerfile names only what there is."""
import os
import shlex
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import SOURCE, check, check_in, main, run, skip

sys.path.insert(0, os.path.join(SOURCE, "tools", "deploy"))
import roots

DEPLOY = os.path.join(SOURCE, "tools", "deploy")


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def scripts():
    """Every file of tools/deploy that begins as a shell script does, and tools/demo."""
    paths = [os.path.join(folder, name) for folder, _, names in os.walk(DEPLOY) for name in names]
    found = [path for path in paths if read(path).startswith("#!/bin/sh")]
    return sorted(found) + [os.path.join(SOURCE, "tools", "demo")]


def test_shellcheck():
    found = scripts()
    check("there are some", len(found) >= 6)
    if not shutil.which("shellcheck"):
        skip("no shellcheck (apt-get install shellcheck)")
    done = run(["shellcheck", *found])
    check(f"shellcheck\n{done.out}", done.code, 0)


def test_dockerfile():
    dockerfile = os.path.join(DEPLOY, "Dockerfile")
    words = roots.instructions(dockerfile)
    check("two stages", [rest for word, rest in words if word == "FROM"],
          ["debian:12 AS build", "debian:12-slim"])
    for word, rest in words:
        names = shlex.split(rest)[:-1]
        if word == "COPY" and not names[0].startswith("--from"):
            for name in names:
                check(f"COPY {name}", os.path.exists(os.path.join(SOURCE, name)))
        if word == "RUN":
            check_in("a step of tools/deploy/image", f"\n{shlex.split(rest)[1]})",
                     read(os.path.join(DEPLOY, "image")))
    last = dict(words)
    check("not root", last["USER"].split(":")[0].isdigit() and last["USER"] != "0")


main(globals())
