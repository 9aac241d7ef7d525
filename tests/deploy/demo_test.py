# SPDX-License-Identifier: Apache-2.0
"""tools/demo as a newcomer would run it after tools/quickstart, but for its packages: in a copy of its scripts with
the programs of this build. What it prints is held against the stores; the second page follows the first."""
import os
import re
import shutil
import socket
import sqlite3
import sys
from contextlib import closing

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import SOURCE, Folder, check, check_in, main, program, run, skip

COUNT = 800
PROGRAMS = ("joist-collector", "deactivate", "analytics", "generate")


def copy(folder, programs=PROGRAMS):
    for name in ("demo", "deploy/post"):
        path = folder.path("tools", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copy(os.path.join(SOURCE, "tools", name), path)
    os.chmod(folder.write("tools/packages", "#!/bin/sh\nexit 0\n"), 0o755)
    os.makedirs(folder.path("build"))
    for name in programs:
        os.symlink(program(name), folder.path("build", name))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def demo(folder, *args):
    for tool in ("curl", "sqlite3"):
        if not shutil.which(tool):
            skip(f"no {tool}")
    return run([folder.path("tools/demo"), *args], cwd=folder.top, env={"DEMO_PORT": free_port()})


def all_rows(folder, store, query):
    with closing(sqlite3.connect(folder.path("out/demo", store + ".db"))) as db:
        return db.execute(query).fetchall()


def boxes(out):
    """{command: rows} of every table that sqlite3 drew."""
    found = {}
    for command, text in re.findall(r"^\$ (sqlite3 .*)\n((?:[┌│├└].*\n)+)", out, re.M):
        lines = [line.strip("│").split("│") for line in text.splitlines() if line.startswith("│")]
        found[command] = [[cell.strip() for cell in line] for line in lines[1:]]
    return found


def test_demo():
    with Folder() as folder:
        copy(folder)
        done = demo(folder, str(COUNT))
        check(f"exit code\n{done}\n", done.code, 0)
        check_in("a post by hand", '{"success":true}', done.out)
        posted = sum(int(n) for n in re.findall(r"^(\d+) posts in .*: \d+ × 200$", done.out, re.M))
        check(f"nearly all of {COUNT} can be posted", posted > COUNT * 0.9)
        events = all_rows(folder, "history", "SELECT count(*), count(DISTINCT window_start) FROM sites")[0]
        check("they are in four hours of history", events[1], 4)
        check("all but the rejected", posted * 0.95 < events[0] <= posted + 1)
        tables = boxes(done.out)
        pages = [rows for command, rows in tables.items() if "latest.db" in command]
        check("two pages, one after the other", sum(pages, []), [list(row) for row in all_rows(
            folder, "latest", "SELECT deactivated_at, id, site_url, reason_id, coalesce(project_version, '') "
            "FROM deactivations WHERE project_id = 'p1' ORDER BY deactivated_at DESC, id DESC LIMIT 10")])
        charts = {re.search(r"analytics_\w+", command)[0] for command in tables if "analytics.db" in command}
        check("five chart tables", len(charts), 5)
        check("with rows", all(tables.values()))
        total = all_rows(folder, "analytics", "SELECT sum(events) FROM analytics_overview_daily")[0][0]
        kept = all_rows(folder, "history", "SELECT count(*) FROM deactivations WHERE NOT is_local_host")[0][0]
        check("the charts count all of history", total, kept)
        check("nothing is due the second time", len(done.out.split("nothing is due")) >= 2)


def test_it_can_be_repeated():
    with Folder() as folder:
        copy(folder)
        first, second = demo(folder, "100"), demo(folder, "100")
        check(f"exit codes\n{first}\n{second}\n", (first.code, second.code), (0, 0))
        rows = all_rows(folder, "history", "SELECT count(*) FROM sites")[0][0]
        check("made anew", rows <= 101)


def test_what_it_refuses():
    with Folder() as folder:
        copy(folder, programs=PROGRAMS[1:])
        done = demo(folder)
        check("no collector", done.code, 1)
        check_in("and what to do", "tools/quickstart", done.err)
        check("no number", demo(folder, "many").code, 2)


main(globals())
