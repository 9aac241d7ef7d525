# SPDX-License-Identifier: Apache-2.0
"""Every event that was acknowledged is in exactly one object, whatever happens: kill -9, SIGTERM, a
full disk, a thousand connections at once. The judges are the clients, who wrote down each 200.

JOIST_KILLS sets how often the collector is killed (20; more in a long run)."""
import http.client
import json
import os
import resource
import subprocess
import sys
import time
from urllib.parse import urlencode

sys.path.insert(0, os.path.dirname(__file__))
from service import (FORM, HASH, OBJECT, PATIENCE, Client, Folder, Service, check_stored,
                     everything, hidden, join, load, numbered, objects, seeded, wait_for)
from harness import check, main, skip

KILLS = int(os.environ.get("JOIST_KILLS") or 20)


def test_kill_9_under_load():
    """Killed at random instants and started again over the same folder."""
    chance = seeded()
    acknowledged = []
    with Folder() as folder:
        for kill in range(KILLS):
            batch = chance.choice(["20", "20", "0"])
            with Service(folder.path("store"), "--batch-ms", batch, clean=False) as service:
                clients = load(service, f"run{kill}", clients=8)
                wait_for("first answers", lambda: any(c.acknowledged for c in clients))
                time.sleep(chance.random() * 0.15)
                service.kill()
                acknowledged += join(clients)
        check("something was acknowledged", len(acknowledged) > KILLS, True)
        check_stored(folder.path("store"), acknowledged)


def test_sigterm_under_load():
    """What was accepted is answered, and the end comes in time, with exit code 0."""
    acknowledged, refused = [], []
    with Folder() as folder:
        for round_number in range(5):
            with Service(folder.path("store")) as service:
                clients = load(service, f"round{round_number}", clients=32)
                wait_for("load", lambda: sum(len(c.acknowledged) for c in clients) > 200)
                begun = time.monotonic()
                check("exit code", service.stop().returncode, 0)
                took = time.monotonic() - begun
                acknowledged += join(clients)
                refused += [mark for c in clients for mark in c.refused]
                check(f"{took:.1f} s are less than 9", took < 9, True)
                check_stored_whole(service, clients)
        check("refused while stopping", refused, [])
        check_stored(folder.path("store"), acknowledged)


def check_stored_whole(service, clients):
    """A clean end loses no answer: what is stored and what was acknowledged are the same."""
    prefix = clients[0].name.rsplit("-", 1)[0] + "-"
    stored = {event["mark"] for event in service.events() if event["mark"].startswith(prefix)}
    check("stored and acknowledged", stored ^ {m for c in clients for m in c.acknowledged}, set())


def test_sigterm_waits_for_a_body():
    """Accepted is a request whose headers are there; its body still comes."""
    with Folder() as folder, Service(folder.path("store")) as service:
        with service.connect() as s, service.connect() as idle:
            s.sendall(f"POST /deactivate HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n"
                      "Content-Length: 6\r\n\r\nmark".encode())
            wait_for("it was read", lambda: service.metric("held_bytes") == 4)
            service.process.terminate()
            check("an idle one is let go", everything(idle), b"")
            s.sendall(b"=1")
            answer = everything(s)
            check("answer", answer[:12], b"HTTP/1.1 200")
            check("the last one", b"Connection: close" in answer, True)
        check("exit code", service.wait().returncode, 0)
        check("stored", [event["mark"] for event in service.events()], ["1"])


def test_sigterm_does_not_wait_for_ever():
    with Folder() as folder, Service(folder.path("store")) as service:
        with service.connect() as s:
            s.sendall(f"POST /deactivate HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n"
                      "Content-Length: 6\r\n\r\nmark".encode())
            wait_for("it was read", lambda: service.metric("held_bytes") == 4)
            begun = time.monotonic()
            check("exit code", service.stop().returncode, 0)
            check("in time", time.monotonic() - begun < 9.5, True)


def test_a_thousand_connections():
    """All wait for an answer at once, then each sends more."""
    count = 1000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    with Folder() as folder, Service(folder.path("store")) as service:
        clients = [http.client.HTTPConnection("127.0.0.1", service.port, timeout=PATIENCE)
                   for _ in range(count)]
        acknowledged = []
        for turn in range(3):
            for number, client in enumerate(clients):
                client.request("POST", "/deactivate", numbered(f"{turn}-{number}"),
                               {"Content-Type": FORM})
            for number, client in enumerate(clients):
                answer = client.getresponse()
                answer.read()
                check("status", answer.status, 200)
                acknowledged.append(f"{turn}-{number}")
        check("open", service.metric("open_connections") >= count, True)
        check_stored(folder.path("store"), acknowledged)
        check("objects are shared", len(service.objects()) < 3 * count, True)
        for client in clients:
            client.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def limit_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))


def test_files_that_may_not_grow():
    """A limit on the size of files is a full disk that ends behind 1,500 bytes."""
    with Folder() as folder, Service(folder.path("store"), "--batch-ms", "0",
                                     preexec_fn=limit_files) as service:
        large = urlencode({"mark": "large", "x": "y" * 2000})
        check("small", service.post("mark=small").status, 200)
        answer = service.post(large)
        check("large", answer.status, 503)
        check("when to come again", answer.headers["retry-after"], "5")
        check("small again", service.post("mark=again").status, 200)
        check("stored", sorted(e["mark"] for e in service.events()), ["again", "small"])
        check("nothing is left behind", hidden(service.storage), [])


def test_a_disk_that_fills():
    """A file system of 1 MiB: at some point 503, and every 200 is stored; then room again."""
    with Folder() as folder:
        place = folder.path("small")
        os.mkdir(place)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", place],
                          stderr=subprocess.DEVNULL, check=False).returncode:
            skip("only root may mount a small file system")
        try:
            fill(place)
        finally:
            subprocess.run(["umount", "-l", place], check=True)


def fill(place):
    with Service(os.path.join(place, "store")) as service:
        clients = load(service, "fill", clients=8, body=wide)
        wait_for("it is full", lambda: sum(len(c.refused) for c in clients) > 50)
        acknowledged = join(clients)
        refused = {mark for c in clients for mark in c.refused}
        check_stored(service.storage, acknowledged)
        stored = {event["mark"] for event in service.events()}
        check("refused and stored", stored & refused, set())
        check("nothing is left behind", hidden(service.storage), [])
        wait_for("it is not ready", lambda: service.ask("GET", "/readyz").status == 503)
        for path in objects(service.storage):
            os.unlink(os.path.join(service.storage, path))
        wait_for("it is ready", lambda: service.ask("GET", "/readyz").status == 200)
        check("status", service.post("mark=after").status, 200)


def wide(mark):
    return urlencode({"hash": HASH, "mark": mark, "wide": "x" * 8000})


def test_the_judge_can_find_losses():
    """check_stored itself: an event too few, one twice."""
    with Folder() as folder, Service(folder.path("store")) as service:
        client = Client(service, "judged")
        client.start()
        wait_for("events", lambda: len(client.acknowledged) > 3)
        marks = join([client])
        check_stored(service.storage, marks)
        check("a lost one is found", complains(service.storage, [*marks, "judged-lost"]), True)
        path, events = next(iter(service.objects().items()))
        name = OBJECT.fullmatch(path)
        folder.write(f"store/{path[:path.rindex('/')]}/{name[5]}-{name[6]}.{'nd' * (name[7] == 'json')}"
                     "json", json.dumps(events[0]))
        check("a doubled one is found", complains(service.storage, marks), True)


def complains(storage, marks):
    try:
        check_stored(storage, marks)
    except Exception:
        return True
    return False


if __name__ == "__main__":
    main(globals())
