# SPDX-License-Identifier: Apache-2.0
"""The collector's endpoints, answers, options and log, on the real program.

Tests: tools/collector/main.c tools/collector/collector.c tools/collector/server.c
tools/collector/request.c tools/collector/answers.c"""
import hashlib
import json
import os
import re
import socket
import sys
from urllib.parse import urlencode

sys.path.insert(0, os.path.dirname(__file__))
from service import (FORM, HASH, OBJECT, Folder, Service, check_names, everything, wait_for)
from harness import check, check_in, check_not_in, main, program, run

JSON = "application/json"
URL = "https://shop.example.com"
MD5 = hashlib.md5(URL.encode()).hexdigest()


def only(service):
    events = service.events()
    check("one event is stored", len(events), 1)
    return events[0]


def test_form_is_stored_as_it_was_sent():
    body = urlencode({"url": URL, "hash": HASH, "server[php_version]": "8.2.18", "l[0]": "a",
                      "l[1]": "b", "_collector[v]": "forged"})
    with Folder() as folder, Service(folder.path("store")) as service:
        answer = service.post(body, FORM + "; charset=UTF-8", User_Agent=f"Appsero/{MD5};")
        check("status", answer.status, 200)
        check("answer", answer.body, b'{"success":true}')
        check("its type", answer.headers["content-type"], JSON)
        event = only(service)
        collector = event.pop("_collector")
        check("event", event, {"url": URL, "hash": HASH, "server": {"php_version": "8.2.18"},
                               "l": ["a", "b"]})
        check_names(service.objects())
        check("id", bool(re.fullmatch(r"[0-9a-f-]{36}", collector.pop("request_id"))), True)
        check("time", bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
                                        collector.pop("received_at"))), True)
        check("_collector", collector, {
            "v": 1, "remote_ip": "127.0.0.1", "user_agent": f"Appsero/{MD5};", "ua_site_md5": MD5,
            "content_type": FORM + "; charset=UTF-8", "content_length": len(body),
            "route": "deactivate", "flags": []})


def test_json_and_flags():
    with Folder() as folder, Service(folder.path("store")) as service:
        body = b'{"url": "x", "n": [1.50, null], "bad": "\xe9", "_collector": {"v": 2}}'
        check("status", service.post(body, "Application/JSON ; x=y",
                                     User_Agent=f"Appsero/{MD5};").status, 200)
        event = only(service)
        check("flags", event["_collector"]["flags"],
              ["utf8_repaired", "json_body", "ua_mismatch"])
        check("value", (event["n"], event["bad"]), ([1.5, None], "\ufffd"))


def test_ten_thousand_keys_and_deep_nesting():
    many = "&".join(f"key{n}={n}" for n in range(10000))
    deep = "a" + "[x]" * 5000 + "=1&b=2"
    with Folder() as folder, Service(folder.path("store")) as service:
        for body in (many, deep):
            check("status", service.post(body).status, 200)
        check("status", service.post('{"k":' * 2000 + "1" + "}" * 2000, JSON).status, 400)
        check("status", service.post('{"k":' * 1000 + "1" + "}" * 1000, JSON).status, 200)
        events = service.events()
        check("all say so", {"truncated" in e["_collector"]["flags"] for e in events}, {True})
        found = sorted(len(e) for e in events)
        check("values kept", found, [2, 2, 4097])


def test_refusals():
    with Folder() as folder, Service(folder.path("store")) as service:
        cases = [("an empty form", service.post(""), 400),
                 ("a form without names", service.post("=1&[x]=2"), 400),
                 ("no JSON", service.post("{", JSON), 400),
                 ("a JSON list", service.post("[1]", JSON), 400),
                 ("two JSON objects", service.post("{}{}", JSON), 400),
                 ("another type", service.post("a=1", "text/plain"), 415),
                 ("no type", service.ask("POST", "/deactivate", b"a=1"), 415),
                 ("compressed", service.post("a=1", Content_Encoding="gzip"), 415),
                 ("GET", service.ask("GET", "/deactivate"), 405),
                 ("PUT", service.ask("PUT", "/deactivate", b"a=1"), 405),
                 ("POST of health", service.ask("POST", "/healthz", b"a=1"), 405),
                 ("elsewhere", service.ask("POST", "/", b"a=1"), 404),
                 ("too long", service.post("a=" + "x" * (256 << 10)), 413)]
        for what, answer, status in cases:
            check(what, answer.status, status)
            check(f"{what}: the body says so", answer.json["success"], False)
        check("Allow", cases[8][1].headers["allow"], "POST")
        check("Allow", cases[10][1].headers["allow"], "GET, HEAD")
        check("the longest there may be", service.post("a=" + "x" * ((256 << 10) - 2)).status, 200)
        check("stored", len(service.events()), 1)
        check("counted", service.metric('requests_total{status="413",reason="too_large"}'), 1)


def test_connections_are_kept_after_refusals():
    with Folder() as folder, Service(folder.path("store")) as service:
        request = (f"POST /deactivate HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\n"
                   "Content-Length: 3\r\n%s\r\na=1")
        data = (request % ("text/plain", "") + request % (FORM, "")
                + request % (FORM, "Connection: close\r\n"))
        answers = service.raw(data.encode())
        check("three answers", re.findall(rb"HTTP/1\.1 (\d+)", answers), [b"415", b"200", b"200"])


def test_expect_100_continue():
    head = (f"POST /deactivate HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n"
            "Expect: 100-continue\r\nConnection: close\r\nContent-Length: %d\r\n\r\n")
    with Folder() as folder, Service(folder.path("store")) as service:
        with service.connect() as s:
            s.sendall((head % 3).encode())
            check("first", s.recv(1000)[:12], b"HTTP/1.1 100")
            s.sendall(b"a=1")
            check("then", everything(s)[:12], b"HTTP/1.1 200")
        with service.connect() as s:
            s.sendall((head % 9999999).encode())
            check("at once", everything(s)[:12], b"HTTP/1.1 413")


def test_health_and_metrics():
    with Folder() as folder, Service(folder.path("store")) as service:
        check("health", service.ask("GET", "/healthz").json, {"status": "ok"})
        check("ready", service.ask("GET", "/readyz").json, {"status": "ready"})
        head = service.ask("HEAD", "/healthz")
        check("HEAD", (head.status, head.body), (200, b""))
        service.post("a=1")
        check("events", service.metric("events_total"), 1)
        check("stored", service.metric('requests_total{status="200",reason="stored"}'), 1)
        check("storage", service.metric("storage_up"), 1)
        page = service.ask("GET", "/metrics")
        check_in("type", "text/plain; version=0.0.4", page.headers["content-type"])
        for line in page.body.decode().splitlines():
            check(f"a line of the format: {line}", bool(re.fullmatch(
                r'# (HELP|TYPE) joist_collector_\w+ .+|joist_collector_\w+({[^}]*})? [\d.e+-]+',
                line)), True)


def test_rates():
    with Folder() as folder, Service(folder.path("store"), "--rate-project", "5") as service:
        statuses = [service.post(f"hash={name}").status for name in ["A"] * 4 + ["a"] * 3 + ["b"]]
        check("of a project", statuses, [200] * 5 + [429] * 2 + [200])
        again = service.post("hash=a")
        check_in("when to come again", again.headers["retry-after"], [str(n) for n in range(1, 14)])
        check("others", service.post("x=1").status, 200)
    with Folder() as folder, Service(folder.path("store"), "--rate-address", "3",
                                     "--trusted-proxies", "127.0.0.0/8") as service:
        statuses = [service.post("a=1", X_Forwarded_For=f"9.9.9.{n}, 192.0.2.1").status
                    for n in range(5)]
        check("of an address", statuses, [200] * 3 + [429] * 2)
        check("another", service.post("a=1", X_Forwarded_For="192.0.2.2").status, 200)


def test_trusted_proxies():
    with Folder() as folder:
        for trusted, want in (("", "127.0.0.1"), ("10.0.0.0/8", "127.0.0.1"),
                              ("127.0.0.1,10.0.0.0/8", "203.0.113.5")):
            with Service(folder.path(want + trusted[:3]), "--trusted-proxies=" + trusted) as service:
                service.post("a=1", X_Forwarded_For="6.6.6.6, 203.0.113.5, 10.1.1.1")
                check(f"with {trusted}", only(service)["_collector"]["remote_ip"], want)


def test_senders_that_do_not_wait():
    """WordPress sends and hangs up at once, as a client may that only ever sends."""
    with Folder() as folder, Service(folder.path("store")) as service:
        for number in range(100):
            body = f"mark={number}"
            with service.connect() as s:
                s.sendall((f"POST /deactivate HTTP/1.0\r\nHost: x\r\nContent-Type: {FORM}\r\n"
                           f"Content-Length: {len(body)}\r\n\r\n").encode())
                s.sendall(body.encode())
        wait_for("all are stored", lambda: service.metric("events_total") == 100)
        check("events", sorted(int(e["mark"]) for e in service.events()), list(range(100)))


def test_batches():
    """0: an object each, whatever comes together."""
    with Folder() as folder, Service(folder.path("store"), "--batch-ms", "0") as service:
        request = (f"POST /deactivate HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n"
                   "Connection: close\r\nContent-Length: 3\r\n\r\na=1").encode()
        open_ones = [service.connect() for _ in range(50)]
        for s in open_ones:
            s.sendall(request)
        for s in open_ones:
            check("answer", everything(s)[:12], b"HTTP/1.1 200")
            s.close()
        check("objects", len(service.objects()), 50)
        check_names(service.objects())


def test_the_hour_is_that_of_receiving():
    """The clock begins just before an hour ends, and goes on."""
    with Folder() as folder, Service(folder.path("store"), "--now",
                                     "2026-02-28T23:59:59.300Z") as service:
        sent = 0
        while sent < 40 or not any("/03/01/00/" in path for path in service.objects()):
            check("status", service.post(f"mark={sent}").status, 200)
            sent += 1
        found = service.objects()
        check_names(found)
        check("hours", sorted({OBJECT.fullmatch(path).groups()[:4] for path in found}),
              [("2026", "02", "28", "23"), ("2026", "03", "01", "00")])
        check("events", sorted(int(e["mark"]) for e in service.events()), list(range(sent)))


def test_log():
    """JSON lines with a severity; nothing a client sent is in them."""
    with Folder() as folder:
        with Service(folder.path("store")) as service:
            service.post("secret=canary", User_Agent="canary\x1b[2J")
            service.ask("GET", "/canary")
            service.raw(b"canary canary canary\r\n\r\n")
        lines = [json.loads(line) for line in service.log]
        check("severities", {line["severity"] for line in lines}, {"INFO"})
        check_not_in("log", "canary", "".join(service.log))
        check_in("last", "stopped: 1 events in 1 objects", lines[-1]["message"])


def test_usage():
    for args, part in ((["--port", "1"], "--storage is required"),
                       (["--storage", "x", "--prot", "1"], "did you mean --port"),
                       (["--storage", "x", "--trusted-proxies", "y"], "'y' is no address")):
        done = run([program("joist-collector"), *args])
        check(f"exit code of {args}", done.code, 2)
        check_in("message", part, done.err)
    check("unknown storage", run([program("joist-collector"), "--storage", "gopher:x"]).code, 2)
    done = run([program("joist-collector"), "--storage", "/dev/null/x"])
    check("no storage", done.code, 1)
    check("said as JSON", json.loads(done.err)["severity"], "ERROR")
    with socket.socket() as taken, Folder() as folder:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run([program("joist-collector"), "--storage", folder.path("s"), "--host",
                    "127.0.0.1", "--port", str(taken.getsockname()[1])])
        check("a port that is taken", done.code, 1)
        check_in("message", "cannot listen", done.err)


def test_environment():
    with Folder() as folder, Service(folder.path("store"), env={"JOIST_RATE_PROJECT": "1"}) as s:
        check("statuses", [s.post("a=1").status for _ in range(2)], [200, 429])


def test_ready_again_after_a_failure():
    """A folder that is in the way of the hour's; then it goes away."""
    with Folder() as folder:
        with Service(folder.path("store")) as service:
            blocker = folder.write("store/deactivate", b"no folder")
            answer = service.post("a=1")
            check("status", answer.status, 503)
            check("when to come again", answer.headers["retry-after"], "5")
            os.unlink(blocker)
            wait_for("it is ready", lambda: service.ask("GET", "/readyz").status == 200)
            check("status", service.post("a=2").status, 200)
            check("stored", [e["a"] for e in service.events()], ["2"])
        errors = [line for line in service.log if '"ERROR"' in line]
        check("said once", len(errors), 1)


if __name__ == "__main__":
    main(globals())
