# SPDX-License-Identifier: Apache-2.0
"""tools/quickstart as a newcomer would run it, but for its packages: in a copy of the tree's scripts, with
the programs of this build. It ends well, shows results, and a second time is quick and changes nothing."""
import os
import re
import shutil
import sqlite3
import sys
from contextlib import closing

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import SOURCE, Folder, check, check_in, check_not_in, main, program, run

NOTHING = "#!/bin/sh\nexit 0\n"


def copy(folder):
    """The script with `tools/packages` and cmake that have nothing to do; the build is linked in."""
    os.makedirs(folder.path("tools"))
    os.makedirs(folder.path("build"))
    shutil.copy(os.path.join(SOURCE, "tools", "quickstart"), folder.path("tools"))
    for name in ("tools/packages", "bin/cmake"):
        os.chmod(folder.write(name, NOTHING), 0o755)
    for name in ("deactivate", "generate"):
        os.symlink(program(name), folder.path("build", name))
    return {"env": {"PATH": folder.path("bin") + ":" + os.environ["PATH"]}, "cwd": folder.top}


def counts(folder):
    found = {}
    for store in ("latest", "history"):
        with closing(sqlite3.connect(folder.path("out", store + ".db"))) as db:
            found[store] = db.execute("SELECT count(*) FROM deactivations").fetchone()[0]
    return found


def test_quickstart():
    with Folder() as folder:
        how = copy(folder)
        done = run([folder.path("tools/quickstart"), "500"], **how)
        check(f"exit code\n{done}\n", done.code, 0)
        for part in ("500 sample events", "records = ", "\nOK ", "Look at the results"):
            check_in("what it says", part, done.out)
        first = counts(folder)
        check("rows", first["history"] > 400)
        again = run([folder.path("tools/quickstart"), "500"], **how)
        check(f"exit code\n{again}\n", again.code, 0)
        check_in("nothing is made twice", "already there", again.out)
        check("nothing is counted twice", counts(folder), first)
        other = run([folder.path("tools/quickstart"), "50"], **how)
        check_not_in("another count is another sample", "already there", other.out)


def test_what_it_tells_to_do_works():
    with Folder() as folder:
        how = copy(folder)
        done = run([folder.path("tools/quickstart"), "200"], **how)
        commands = re.findall(r"^  ((?:sqlite3|build/deactivate) .*)$", done.out, re.M)
        check("there are some", len(commands) >= 2)
        for command in commands:
            result = run(["sh", "-c", command], **how)
            check(f"{command}\n{result}", result.code, 0)
            check("and it shows something", bool(result.out.strip()))


def test_a_wrong_count():
    with Folder() as folder:
        done = run([folder.path("tools/quickstart"), "many"], **copy(folder))
        check("refused", done.code, 2)
        check_in("said", "must be a number", done.err)


main(globals())
