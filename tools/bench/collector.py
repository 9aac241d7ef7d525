#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The collector beside its peers, under wrk on loopback: the same posts to all of them.

    tools/bench/collector.py [--seconds N] [--rounds N] [--dir DIR]
    tools/bench/bench --only collector

Durable: joist-collector, and a Go program that writes and syncs one file an event. Without storage:
joist-collector with `null:`, and nginx or h2o, which answer the same bytes without looking at the
body. What is not installed is left out, and that is said; `tools/packages bench` installs all."""
import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from statistics import median
from urllib.parse import urlencode

import report

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CONNECTIONS, MANY = 64, 1000
ANSWER = '{"success":true}'
PATIENCE = 30

SCRIPT = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["User-Agent"] = "Appsero/9cb0e7e1db448383bb45e93e98180690;"
wrk.body = [==[BODY]==]
function done(summary, latency, requests)
    local e = summary.errors
    io.stderr:write(string.format(
        '{"requests":%d,"us":%d,"p50":%d,"p99":%d,"bad":%d}\\n', summary.requests,
        summary.duration, latency:percentile(50), latency:percentile(99),
        e.connect + e.read + e.write + e.status + e.timeout))
end
"""

NGINX = """
worker_processes 2; daemon off; pid DIR/nginx.pid; error_log DIR/nginx.log;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000000; client_body_temp_path DIR/body;
       server { listen 127.0.0.1:PORT reuseport;
                location / { default_type application/json; return 200 'ANSWER'; } } }
"""

H2O = """
num-threads: 2
listen: {host: 127.0.0.1, port: PORT}
hosts: {default: {paths: {/: {file.dir: DIR/www, file.mime.setdefaulttype: application/json}}}}
"""


def say(*words):
    print("bench:", *words, file=sys.stderr, flush=True)


def a_post():
    """What a client of today sends: 1.3 KB."""
    fields = {"url": "https://shop.example.com", "site": "Ada &amp; Sons", "client": "2.0.4",
              "admin_email": "Owner@Example.com", "first_name": "Ada", "last_name": "Sample",
              "hash": "0b7c2f52-6a0e-4d0e-9b7e-3f6f2d1c9a01", "active_plugins": 3,
              "inactive_plugins": 2, "ip_address": "203.0.113.7", "project_version": "3.4.1",
              "tracking_skipped": 0, "is_local": 0, "reason_id": "not-have-that-feature",
              "reason_info": "Needs export to CSV"}
    for group, members in {
            "server": {"software": "nginx/1.24.0", "php_version": "8.2.18", "php_curl": "Yes",
                       "mysql_version": "8.0.36", "php_max_upload_size": "64 MB",
                       "php_default_timezone": "UTC", "php_soap": "Yes", "php_fsockopen": "Yes"},
            "wp": {"memory_limit": "256M", "debug_mode": "No", "locale": "de_DE",
                   "version": "6.7.2", "multisite": "No", "theme_slug": "storefront",
                   "theme_name": "Storefront", "theme_version": "4.6.0",
                   "theme_uri": "https://theme.example.com/"},
            "users": {"total": 10, "administrator": 1, "subscriber": 8, "customer": 1},
            "plugins][woocommerce": {"name": "WooCommerce", "version": "9.4.2"},
            "plugins][akismet": {"name": "Akismet Anti-spam", "version": "5.3.5"},
            "extra": {"is_pro": "Yes", "orders": 1542}}.items():
        first, *more = group.split("][")
        for key, value in members.items():
            fields[first + "".join(f"[{k}]" for k in [*more, key])] = value
    return urlencode(fields)


# ---- servers -------------------------------------------------------------------------------------
def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until_it_listens(process, port):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    sys.exit(f"bench: it does not start: {' '.join(process.args)}")


def peak_of(process):
    """Bytes: of the process and its children, each at its own peak."""
    pids, total = [process.pid], 0
    for pid in pids:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            pids += [int(word) for word in file.read().split()]
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            total += int(re.search(r"VmHWM:\s+(\d+)", file.read())[1]) * 1024
    return total


class Contender:
    """A server to be measured: its title, and how it is started on a port over a folder."""

    def __init__(self, title, command, files=None):
        self.title, self.command, self.files = title, command, files or {}

    def start(self, folder, port):
        def filled(text):
            return text.replace("DIR", folder).replace("PORT", str(port)).replace("ANSWER", ANSWER)
        for name, text in self.files.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(filled(text))
        with open(os.path.join(folder, "log"), "wb") as log:
            process = subprocess.Popen([filled(word) for word in self.command], stdout=log,
                                       stderr=log)
        until_it_listens(process, port)
        return process


def contenders(build, go_peer):
    collector = [os.path.join(build, "joist-collector"), "--host", "127.0.0.1", "--port", "PORT"]
    durable = [Contender("joist-collector, a directory", [*collector, "--storage", "DIR/store"])]
    if go_peer:
        durable.append(Contender("Go net/http, a directory",
                                 [go_peer, "DIR/store", "127.0.0.1:PORT"]))
    none = [Contender("joist-collector, null:", [*collector, "--storage", "null:"])]
    if shutil.which("nginx"):
        none.append(Contender("nginx, a fixed answer", ["nginx", "-c", "DIR/nginx.conf"],
                              {"nginx.conf": NGINX}))
    elif shutil.which("h2o"):
        none.append(Contender("h2o, a file", ["h2o", "-c", "DIR/h2o.conf"],
                              {"h2o.conf": H2O, "www/deactivate": ANSWER}))
    else:
        say("**** NEITHER nginx NOR h2o IS INSTALLED: LEFT OUT ****")
    return durable, none


def build_go_peer(build):
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if not go:
        say("**** go IS NOT INSTALLED: ITS PEER IS LEFT OUT ****")
        return None
    path = os.path.join(os.path.abspath(build), "bench-peer-collector")
    subprocess.run([go, "build", "-o", path, os.path.join(HERE, "peer_collector.go")], check=True)
    return path


# ---- measuring -----------------------------------------------------------------------------------
def wrk(folder, port, seconds, connections):
    script = os.path.join(folder, "post.lua")
    with open(script, "w", encoding="utf-8") as file:
        file.write(SCRIPT.replace("BODY", a_post()))
    done = subprocess.run(
        ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "10", "-s", script,
         f"http://127.0.0.1:{port}/deactivate"], capture_output=True, text=True, check=True)
    found = json.loads(done.stderr.splitlines()[-1])
    if found["bad"]:
        say(f"{found['bad']} of {found['requests']} requests went wrong")
    return {"rate": found["requests"] * 1e6 / found["us"], "p50": found["p50"],
            "p99": found["p99"]}


def measure_one(contender, where, seconds, connections):
    with tempfile.TemporaryDirectory(dir=where) as folder:
        process = contender.start(folder, port := free_port())
        try:
            wrk(folder, port, 1, connections)           # warm
            result = wrk(folder, port, seconds, connections)
            result["peak"] = peak_of(process)
        finally:
            process.terminate()
            process.wait()
        return result


def measure(build, where, seconds, rounds):
    """{(title, connections): results}; one after another, round by round."""
    durable, none = contenders(build, build_go_peer(build))
    found = {}
    for _ in range(rounds):
        for contender, connections in [*((c, CONNECTIONS) for c in durable + none),
                                       (durable[0], MANY)]:
            say(contender.title, connections)
            found.setdefault((contender.title, connections), []).append(
                measure_one(contender, where, seconds, connections))
    return found


# ---- the report ----------------------------------------------------------------------------------
def of(found, begins, connections, key):
    """The median of those whose title begins so; None if they were left out."""
    for (title, count), results in found.items():
        if title.startswith(begins) and count == connections:
            return median(result[key] for result in results)
    return None


def ratios(found):
    ours = of(found, "joist-collector, a", CONNECTIONS, "rate")
    null = of(found, "joist-collector, n", CONNECTIONS, "rate")
    p99 = of(found, "joist-collector, a", CONNECTIONS, "p99")
    peak = of(found, "joist-collector, a", MANY, "peak")
    go, fixed = of(found, "Go", CONNECTIONS, "rate"), None
    for peer in ("nginx", "h2o"):
        fixed = fixed or of(found, peer, CONNECTIONS, "rate")
    if go:
        yield "durable events per second / Go's", f"{ours / go:.1f}", "3 or more"
    if fixed:
        yield "requests per second without storage / nginx's or h2o's", f"{null / fixed:.2f}", \
            "0.5 or more"
    yield "p99 of durable events", f"{p99 / 1000:.1f} ms", "under 20 ms"
    yield f"peak memory with {MANY} connections", f"{peak / 1e6:.0f} MB", "under 64 MB"


def shown(found):
    rows = [(title, connections, f"{median(r['rate'] for r in results):,.0f}",
             f"{median(r['p50'] for r in results) / 1000:.1f}",
             f"{median(r['p99'] for r in results) / 1000:.1f}",
             f"{max(r['peak'] for r in results) / 1e6:.0f}")
            for (title, connections), results in found.items()]
    head = ["", "connections", "requests/s", "p50 ms", "p99 ms", "peak MB"]
    return f"### The collector\n\n{report.table(head, rows)}\n\n" \
        + report.table(["", "measured", "aim"], ratios(found)) + "\n"


def bench(build, where=None, quick=False, rounds=3, seconds=10):
    """The tables; "" where there is no wrk. Events are stored in `where`, or beside the build."""
    if not shutil.which("wrk"):
        say("**** wrk IS NOT INSTALLED: THE COLLECTOR IS LEFT OUT ****")
        return ""
    where = os.path.abspath(where or os.path.join(build, "bench"))
    os.makedirs(where, exist_ok=True)
    return shown(measure(build, where, 2 if quick else seconds, 1 if quick else rounds))


def main(args):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=10, help="of each measurement (10)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of everything (3)")
    parser.add_argument("--dir", help="where events are stored (build/bench)")
    o = parser.parse_args(args)
    build = os.environ.get("JOIST_BUILD", os.path.join(ROOT, "build"))
    print(bench(build, o.dir, False, o.rounds, o.seconds))


if __name__ == "__main__":
    main(sys.argv[1:])
