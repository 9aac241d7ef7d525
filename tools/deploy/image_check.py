# SPDX-License-Identifier: Apache-2.0
"""The image of the Dockerfile, started as docker would start it: the collector as process 1 of a user without
rights takes events and ends on SIGTERM; the hourly job does the hours that are due, and the charts."""
import glob
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.parse
import urllib.request
from contextlib import closing

from roots import run, say, size_of

UID = 10001
STORES = {f"JOIST_{name}": f"sqlite:/var/lib/joist/stores/{name.lower()}.db"
          for name in ("LATEST", "HISTORY", "ANALYTICS")}
JOB = STORES | {"JOIST_INPUT": "/var/lib/joist/events", "JOIST_DEAD": "/var/lib/joist/dead",
                "JOIST_PROJECTS": "/var/lib/joist/projects.jsonl", "JOIST_SUMMARY": "json"}
PAST_HOUR, EVENTS = "2026-08-20T03", 500


def check(image, work, log, generate=None):
    """`generate`: that program of this machine, if the image was not built here."""
    say("== the image")
    libraries(image)
    small(image)
    projects = sample(image, work, log, generate)
    posted = collector(image, projects)
    hourly(image, posted)


def expect(what, good):
    if not good:
        raise SystemExit(f"FAILED: {what}")
    say(f"  ok  {what}")


def libraries(image):
    listed = subprocess.run(image.start(["dpkg", "-L", "joist-tools"]), capture_output=True, text=True,
                            check=True).stdout.split()
    programs = [name for name in listed if name.startswith("/usr/bin/")]
    said = subprocess.run(image.start(["ldd", *programs]), capture_output=True, text=True, check=True).stdout
    expect(f"{len(programs)} programs have all their libraries", "not found" not in said and programs)
    for name in programs:
        image.root.run([name, "--version"], user=image.user)
    whoami = subprocess.run(image.start(["id", "-u"]), capture_output=True, text=True, check=True).stdout
    expect(f"the user is {UID}, not root", whoami.strip() == str(UID))


def small(image):
    tools = [name for name in ("gcc", "cc", "cmake", "ninja", "dpkg-shlibdeps")
             if glob.glob(image.root.path(f"/usr/*bin/{name}"))]
    expect("nothing that builds is in it", not tools)
    mine = size_of(image.root.top)
    if image.is_built:
        say(f"      it has {mine} MB")
        return
    whole = size_of(image.roots["build"].top)
    expect(f"it has {mine} MB, the build stage {whole} MB", mine < whole / 2)


def sample(image, work, log, generate):
    """Events of an hour long past, made by the generator of the build; answers the projects."""
    build, made = image.roots["build"], os.path.join(work, "sample")
    top = work if generate else "/"
    args = ["--out", os.path.join(top, "sample"), "--count", str(EVENTS), "--hour", PAST_HOUR, "--dirt", "0",
            "--projects", os.path.join(top, "sample", "projects.jsonl")]
    if generate:
        run([generate, *args], log)
    else:
        build.run(["/tmp/joist-build/generate", *args])
        os.rename(build.path("/sample"), made)
    home = image.root.path("/var/lib/joist")
    shutil.copytree(made, os.path.join(home, "events"), ignore=shutil.ignore_patterns("projects.jsonl"))
    shutil.copy(os.path.join(made, "projects.jsonl"), home)
    os.makedirs(os.path.join(home, "stores"))
    run(["chown", "-R", f"{UID}:{UID}", home], log)
    with open(os.path.join(made, "projects.jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


# ---- the collector -------------------------------------------------------------------------------
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(url, deadline=30):
    """The answer's status, waited for; 0 if nothing came."""
    end = time.monotonic() + deadline
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status
        except OSError:
            time.sleep(0.05)
    return 0


def process_1(unshare):
    """The pid that process 1 of its namespace has here: docker's signals go to it."""
    with open(f"/proc/{unshare.pid}/task/{unshare.pid}/children", encoding="utf-8") as file:
        return int(file.read().split()[0])


def collector(image, projects):
    port = free_port()
    process = subprocess.Popen(image.start(env={"PORT": str(port)}), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        expect("the collector is ready", get(f"http://127.0.0.1:{port}/readyz") == 200)
        posted = [post(port, projects[i % len(projects)]["hash"], i) for i in range(40)]
        expect(f"{len(posted)} posts are acknowledged", all(code == 200 for code in posted))
        os.kill(process_1(process), signal.SIGTERM)
        expect("it ends well on SIGTERM as process 1", process.wait(timeout=15) == 0)
    finally:
        process.kill()
        process.wait()
    return len(posted)


def post(port, project, number):
    body = urllib.parse.urlencode({"hash": project, "url": f"https://shop{number}.example.org",
                                   "reason_id": "other", "wp[version]": "6.7.2", "client": "2.0.4"})
    request = urllib.request.Request(f"http://127.0.0.1:{port}/deactivate", body.encode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status


# ---- the hourly job ------------------------------------------------------------------------------
def fire(image):
    """One firing's exit code, the objects on stdout, stderr."""
    done = subprocess.run(image.start(["joist-hourly"], env=JOB), capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def hourly(image, posted):
    code, said, errors = fire(image)
    if code:
        say(errors)
    expect("the hourly job ends with 0", code == 0)
    expect("deactivate and analytics tell what they did", [o["pipeline"] for o in said] == ["deactivate", "analytics"])
    expect(f"the {EVENTS} events of the past hour are in history, the {posted} of this hour are not yet",
           count(image, "history", "deactivations") > EVENTS * 0.9
           and not count(image, "history", "deactivations", f"window_start NOT LIKE '{PAST_HOUR}%'"))
    expect("there are charts", count(image, "analytics", "analytics_daily_reason") > 0)
    code, said, _ = fire(image)
    expect("a second firing reads nothing and ends with 0", code == 0 and said[0]["read"]["records"] == 0)


def count(image, store, table, where="1"):
    path = image.root.path(f"/var/lib/joist/stores/{store}.db")
    with closing(sqlite3.connect(path)) as db:
        return db.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0]
