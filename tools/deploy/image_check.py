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


def check(image, work, log):
    say("== the image")
    libraries(image, log)
    small(image)
    projects = sample(image, work, log)
    posted = collector(image, projects)
    hourly(image, posted)


def expect(what, good):
    if not good:
        raise SystemExit(f"FAILED: {what}")
    say(f"  ok  {what}")


def libraries(image, log):
    listed = subprocess.run(image.start(["dpkg", "-L", "joist-tools"]), capture_output=True, text=True,
                            check=True).stdout.split()
    programs = [name for name in listed if name.startswith("/usr/bin/")]
    said = subprocess.run(image.start(["ldd", *programs]), capture_output=True, text=True, check=True).stdout
    expect(f"{len(programs)} programs have all their libraries", "not found" not in said and programs)
    for name in programs:
        image.root.run([name, "--version"], user=image.user)
    whoami = subprocess.run(image.start(["id", "-u"]), capture_output=True, text=True, check=True).stdout
    expect(f"the user is {UID}, not root", whoami.strip() == str(UID))
    del log


def small(image):
    tools = [name for name in ("gcc", "cc", "cmake", "ninja", "dpkg-shlibdeps")
             if glob.glob(image.root.path(f"/usr/*bin/{name}"))]
    expect("nothing that builds is in it", not tools)
    mine, whole = size_of(image.root.top), size_of(image.roots["build"].top)
    expect(f"it has {mine} MB, the build stage {whole} MB", mine < whole / 2)


def sample(image, work, log):
    """Events of an hour long past, made by the generator of the build stage; answers the projects."""
    build, made = image.roots["build"], os.path.join(work, "sample")
    build.run(["/tmp/joist-build/generate", "--out", "/sample", "--count", str(EVENTS), "--hour", PAST_HOUR,
               "--dirt", "0", "--projects", "/sample/projects.jsonl"])
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
def hourly(image, posted):
    done = subprocess.run(image.start(["joist-hourly"], env=JOB), capture_output=True, text=True, check=False)
    expect(f"the hourly job ends with 0\n{done.stderr if done.returncode else ''}", done.returncode == 0)
    summaries = [json.loads(line) for line in done.stdout.splitlines()]
    expect("deactivate and analytics tell what they did", len(summaries) == 2)
    expect(f"the {EVENTS} events of the past hour are in history, the {posted} of this hour are not yet",
           count(image, "history", "deactivations") > EVENTS * 0.9
           and not count(image, "history", "deactivations", f"window_start NOT LIKE '{PAST_HOUR}%'"))
    expect("there are charts", count(image, "analytics", "analytics_daily_reason") > 0)
    again = subprocess.run(image.start(["joist-hourly"], env=JOB), capture_output=True, text=True, check=False)
    expect("and a second firing changes nothing",
           again.returncode == 0 and '"rows":0' in again.stdout or "unchanged" in again.stdout
           or json.loads(again.stdout.splitlines()[0])["read"]["records"] == 0)


def count(image, store, table, where="1"):
    path = image.root.path(f"/var/lib/joist/stores/{store}.db")
    with closing(sqlite3.connect(path)) as db:
        return db.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0]
