# SPDX-License-Identifier: Apache-2.0
"""Clients that are slow, lie or attack: they get an answer or lose their connection, honest ones are
served meanwhile, and what they send is a value or nothing."""
import os
import re
import resource
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
from service import FORM, Folder, Service, answer_of, check_names, everything, hidden, wait_for
from harness import check, check_in, main, sanitized

HEAD = f"POST /deactivate HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n"
HEADER_SECONDS, BODY_SECONDS, SLACK = 10, 30, 15


def status(service, data):
    return answer_of(service.raw(data.encode("latin-1") if isinstance(data, str) else data)).status


def drip(s, data, every=0.5):
    """A byte now and then; how long until the other side hung up."""
    begun = time.monotonic()
    s.settimeout(every)
    for byte in data:
        try:
            s.sendall(bytes([byte]))
            if s.recv(1000) == b"":
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - begun


def test_slow_headers_and_bodies():
    """Both at once. A deadline, not a pause, is what ends them: every byte is in time."""
    with Folder() as folder, Service(folder.path("store")) as service:
        with service.connect() as headers, service.connect() as body, service.connect() as idle:
            begun = time.monotonic()
            body.sendall((HEAD + "Content-Length: 1000\r\n\r\n").encode())
            took = drip(headers, b"GET /healthz HTTP/1.1\r\nX: " + b"y" * 1000)
            check(f"headers ended after {took:.1f} s", took < HEADER_SECONDS + SLACK, True)
            idle.settimeout(SLACK)
            check("idle", everything(idle), b"")
            check("an honest one", service.post("a=1").status, 200)
            drip(body, b"z" * 1000)
            took = time.monotonic() - begun
            check(f"a body ended after {took:.1f} s", took < BODY_SECONDS + SLACK, True)
            check("but not long before", took > BODY_SECONDS - 1, True)
        check("stored", len(service.events()), 1)
        check("counted", service.metric("timeouts_total") >= 3, True)


def test_many_idle_connections():
    """Thousands that say nothing: honest clients are served, memory stays small."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(5000, hard - 200)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 200), hard))
    with Folder() as folder, Service(folder.path("store")) as service:
        before = memory(service)
        idle = [service.connect() for _ in range(count)]
        wait_for("all are accepted", lambda: service.metric("open_connections") > count)
        for _ in range(20):
            check("status", service.post("a=1").status, 200)
        each = (memory(service) - before) / count
        if not sanitized():
            check(f"{each:.0f} bytes each are less than 8 KiB", each < 8192, True)
        for s in idle:
            s.close()
        wait_for("all are gone", lambda: service.metric("open_connections") < 10)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def memory(service):
    with open(f"/proc/{service.process.pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_lengths_that_lie():
    with Folder() as folder, Service(folder.path("store")) as service:
        longer = HEAD + "Content-Length: 3\r\n\r\na=1GARBAGE\r\n\r\n"
        answers = re.findall(rb"HTTP/1\.\d (\d+)", service.raw(longer.encode()))
        check_in("the first is good, the rest no request", answers, ([b"200"], [b"200", b"400"]))
        with service.connect() as s:
            s.sendall((HEAD + "Content-Length: 100\r\n\r\na=1").encode())
            wait_for("its body is awaited", lambda: service.metric("held_bytes") == 3)
        for length in ("-1", "3x", "0x3", "99999999999999999999999", ""):
            got = status(service, HEAD + f"Content-Length: {length}\r\n\r\na=1")
            check_in(f"length {length!r}", got, (400, 413, 415))
        check("stored", len(service.events()), 1)


def test_who_says_how_long_it_is():
    """Two answers to that question are what request smuggling lives on."""
    chunk = "3\r\na=1\r\n0\r\n\r\n"
    with Folder() as folder, Service(folder.path("store")) as service:
        for what, headers, body in (
                ("both", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", chunk),
                ("both", "Transfer-Encoding: chunked\r\nContent-Length: 99\r\n", chunk),
                ("two lengths", "Content-Length: 3\r\nContent-Length: 5\r\n", "a=1&b"),
                ("two equal lengths", "Content-Length: 3\r\nContent-Length: 3\r\n", "a=1"),
                ("an unknown coding", "Transfer-Encoding: gzip, chunked\r\n", chunk),
                ("a coding twice", "Transfer-Encoding: chunked\r\n" * 2, chunk),
                ("a strange coding", "Transfer-Encoding: xchunked\r\n", chunk)):
            answers = service.raw((HEAD + headers + "\r\n" + body).encode())
            check(what, re.findall(rb"HTTP/1\.\d (\d+)", answers), [b"400"])
        check("an honest chunked one", status(
            service, HEAD + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk), 200)
        check("stored", len(service.events()), 1)
        for bad in ("x\r\na=1\r\n0\r\n\r\n", "3\r\na=1XX0\r\n\r\n", "-3\r\na=1\r\n0\r\n\r\n"):
            answers = service.raw((HEAD + "Transfer-Encoding: chunked\r\n\r\n" + bad).encode())
            check(f"chunks {bad!r}", re.findall(rb"HTTP/1\.\d (200)", answers), [])
        check("still stored", len(service.events()), 1)


def test_bodies_without_end():
    with Folder() as folder, Service(folder.path("store")) as service:
        piece = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        with service.connect() as s:
            s.sendall((HEAD + "Transfer-Encoding: chunked\r\n\r\n").encode())
            sent = 0
            try:
                while sent < 100 << 20:
                    s.sendall(piece)
                    sent += len(piece)
            except OSError:
                pass
            check(f"refused after {sent} bytes", sent < 50 << 20, True)
        check("413 before it ends", answer_of(service.raw(
            (HEAD + "Transfer-Encoding: chunked\r\n\r\n").encode() + piece * 5)).status, 413)
        check("413 before it begins",
              status(service, HEAD + "Content-Length: 1000000000\r\n\r\n"), 413)
        check("memory", service.metric("held_bytes"), 0)
        check("an honest one", service.post("a=1").status, 200)


def test_long_heads():
    with Folder() as folder, Service(folder.path("store")) as service:
        check("a long path", status(service, "GET /" + "a" * 100000 + " HTTP/1.1\r\n\r\n"), 414)
        check("a long header", status(service, HEAD + "X: " + "y" * 100000 + "\r\n\r\n"), 431)
        check("many headers", status(service, HEAD + "X: y\r\n" * 20000 + "\r\n"), 431)
        check("an honest one", service.post("a=1").status, 200)


def test_nothing_chooses_a_path_a_log_line_or_a_header():
    canary = "CANARY"
    values = ["../../../" + canary, "/tmp/" + canary, "x\r\nX-Injected: " + canary,
              "\x00" + canary, "\x1b]0;" + canary, "..%2f..%2f" + canary, "%s%n" + canary]
    with Folder() as folder, Service(folder.path("store")) as service:
        for value in values:
            encoded = "".join(f"%{byte:02X}" for byte in value.encode())
            body = f"hash={encoded}&url={encoded}&{encoded}=1&a[{encoded}]=2&_collector={encoded}"
            clean = re.sub(r"[\r\n\x00]", " ", value)
            head = (HEAD.replace("/deactivate", "/deactivate?" + encoded)
                    + f"User-Agent: {clean}\r\nX-Forwarded-For: {clean}\r\n"
                    f"X-Request-Id: {clean}\r\nConnection: close\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n")
            answer = service.raw((head + body).encode())
            check(f"answer to {value!r}", answer_of(answer).status, 200)
            check("nothing of it comes back", canary.encode() in answer, False)
        for path in ("/deactivate/../healthz", "/%2e%2e/deactivate", "//deactivate",
                     "/deactivate%00", "/\xc0\xaedeactivate", "/deactivate/"):
            data = HEAD.replace("/deactivate", path) + "Connection: close\r\nContent-Length: 3\r\n"
            check(f"path {path!r}", status(service, data + "\r\na=1"), 404)
        folded = HEAD + "X: a\r\n b\r\nConnection: close\r\nContent-Length: 3\r\n\r\na=1"
        check_in("a folded header", status(service, folded), (200, 400))
        check_names(service.objects())
        check("events", len(service.events()) >= len(values), True)
        check("hidden files", hidden(service.storage), [])
        check("beside the storage", os.listdir(folder.top), ["store"])
        check("log lines", [line for line in service.log if canary in line], [])


def test_noise():
    """What is no HTTP."""
    with Folder() as folder, Service(folder.path("store")) as service:
        for data in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500, b"\r\n\r\n",
                     b"GET\r\n\r\n", b"\x00" * 2000, b"POST /deactivate\r\n\r\n",
                     b"POST /deactivate HTTP/9.9\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"):
            with service.connect() as s:
                s.sendall(data)
                s.shutdown(1)
                check(f"answer to {data[:20]!r}", b" 200 " in everything(s), False)
        check("an honest one", service.post("a=1").status, 200)
        check("stored", len(service.events()), 1)


if __name__ == "__main__":
    main(globals())
