# SPDX-License-Identifier: Apache-2.0
"""A running joist-collector, what it stored, and clients that behave as a test wants them to."""
import http.client
import json
import os
import random
import re
import signal
import socket
import sys
import threading
import time
from urllib.parse import urlencode

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import Failed, Folder, check, finish, program, start  # noqa: E402  (path set above)

FORM = "application/x-www-form-urlencoded"
HASH = "0b7c2f52-6a0e-4d0e-9b7e-3f6f2d1c9a01"
PATIENCE = 60           # seconds until what must happen counts as never


def seeded():
    """Chance that is printed, and that JOIST_SEED repeats."""
    seed = int(os.environ.get("JOIST_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"JOIST_SEED={seed}")
    return random.Random(seed)


def wait_for(what, condition, seconds=PATIENCE):
    """What `condition` returns once that is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise Failed(f"never happened: {what}")


class Answer:
    """Status, headers (names in lower case) and body of an answer; None where the connection ended
    without one."""

    def __init__(self, status=None, headers=None, body=b""):
        self.status, self.headers, self.body = status, headers or {}, body

    @property
    def json(self):
        return json.loads(self.body)


def answer_of(data):
    """The first answer in these bytes."""
    head, _, rest = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    found = re.match(r"HTTP/1\.[01] (\d{3})", lines[0])
    if not found:
        return Answer()
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
    return Answer(int(found[1]), headers, rest[:int(headers.get("content-length", len(rest)))])


class Service:
    """A collector over a folder; `with` stops it cleanly and checks that it did."""

    def __init__(self, storage, *options, env=None, clean=True, **how):
        self.storage, self.clean = storage, clean
        self.process = start([program("joist-collector"), "--storage", storage, "--host",
                              "127.0.0.1", "--port", "0", *options], env, **how)
        self.log, self.lock = [], threading.Lock()
        self.reader = threading.Thread(target=self.read_log)
        self.reader.start()
        try:
            self.port = int(wait_for("it listens", self.find_port))
        except Failed:
            self.kill()
            raise Failed(f"the collector does not start: {self.log}") from None

    def read_log(self):
        for line in self.process.stderr:
            with self.lock:
                self.log.append(line.decode("utf-8", "backslashreplace"))

    def find_port(self):
        with self.lock:
            for line in self.log:
                found = re.search(r"listening on .*, port (\d+)", line)
                if found:
                    return found[1]
            ended = self.process.poll() is not None
        if ended:
            raise Failed("ended")
        return None

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            if kind or not self.clean:
                self.kill()
            else:
                check("exit code after SIGTERM", self.stop().returncode, 0)

    def stop(self, deadline=PATIENCE):
        """SIGTERM, and its end."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait(deadline)

    def wait(self, deadline=PATIENCE):
        self.process.wait(deadline)
        self.reader.join()
        text = "".join(self.log)
        for word in ("AddressSanitizer", "LeakSanitizer", "ThreadSanitizer", "runtime error:"):
            if word in text:
                raise Failed(f"a sanitizer complains\n{text}")
        self.process.stdout.close()
        self.process.stderr.close()
        return self.process

    def kill(self):
        self.process.kill()
        self.wait()

    # ---- asking ------------------------------------------------------------------------------

    def connect(self, timeout=PATIENCE):
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def raw(self, data, timeout=PATIENCE):
        """All that comes back on a connection of its own, and the end of it."""
        with self.connect(timeout) as s:
            try:
                s.sendall(data)
            except (BrokenPipeError, ConnectionResetError):
                pass
            return everything(s)

    def ask(self, method, path, body=None, headers=None):
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        client.request(method, path, body, headers or {})
        got = client.getresponse()
        answer = Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())
        client.close()
        return answer

    def post(self, body, kind=FORM, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = body.encode() if isinstance(body, str) else body
        return self.ask("POST", "/deactivate", body, {"Content-Type": kind} | named)

    def metric(self, name):
        """The value of the line that begins with this name."""
        page = self.ask("GET", "/metrics").body.decode()
        found = re.search(rf"^joist_collector_{re.escape(name)} (\S+)$", page, re.M)
        return float(found[1])

    # ---- what is stored ----------------------------------------------------------------------

    def objects(self):
        return objects(self.storage)

    def events(self):
        return [event for events in self.objects().values() for event in events]


def everything(s):
    data = b""
    try:
        while more := s.recv(65536):
            data += more
    except ConnectionResetError:
        pass
    return data


def objects(storage):
    """{path below the storage: its events}; hidden files are none."""
    found = {}
    for folder, _, names in os.walk(storage):
        for name in sorted(n for n in names if n[0] != "."):
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as file:
                found[os.path.relpath(path, storage)] = [json.loads(line) for line in file]
    return found


def hidden(storage):
    return [os.path.join(folder, name) for folder, _, names in os.walk(storage)
            for name in names if name[0] == "."]


OBJECT = re.compile(r"deactivate/(\d{4})/(\d\d)/(\d\d)/(\d\d)/(\d+)-"
                    r"([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})"
                    r"\.(json|ndjson)")


def check_names(found):
    """Every object is named after its first event, and lies in the hour of all of them."""
    for path, events in found.items():
        name = OBJECT.fullmatch(path)
        check(f"{path} is named as objects are", bool(name))
        first = events[0]["_collector"]
        check("its id", name[6], first["request_id"])
        check("its kind", name[7], "json" if len(events) == 1 else "ndjson")
        for event in events:
            hour = event["_collector"]["received_at"][:13]
            check(f"the hour of an event in {path}", hour, f"{name[1]}-{name[2]}-{name[3]}T{name[4]}")


# ---- load --------------------------------------------------------------------------------------

class Client(threading.Thread):
    """Posts one event after another on one connection until told to stop, or until it ends."""

    def __init__(self, service, name, body=None):
        super().__init__()
        self.service, self.name, self.make = service, name, body or numbered
        self.sent, self.acknowledged, self.refused = 0, [], []
        self.stopping = False

    def run(self):
        client = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=PATIENCE)
        while not self.stopping:
            mark = f"{self.name}-{self.sent}"
            self.sent += 1
            try:
                client.request("POST", "/deactivate", self.make(mark), {"Content-Type": FORM})
                got = client.getresponse()
                got.read()
            except (OSError, http.client.HTTPException):
                break
            (self.acknowledged if got.status == 200 else self.refused).append(mark)
            if got.will_close:
                break
        client.close()


def numbered(mark):
    return urlencode({"hash": HASH, "mark": mark, "url": f"https://{mark}.org", "site": "x" * 300})


def load(service, prefix, clients=16, body=None):
    """Started clients."""
    all_of_them = [Client(service, f"{prefix}-{n}", body) for n in range(clients)]
    for client in all_of_them:
        client.start()
    return all_of_them


def join(clients):
    for client in clients:
        client.stopping = True
    for client in clients:
        client.join()
    return [mark for client in clients for mark in client.acknowledged]


def check_stored(storage, acknowledged):
    """Each acknowledged event is in exactly one object, and no event is in two."""
    found = objects(storage)
    check_names(found)
    counts = {}
    for events in found.values():
        for event in events:
            counts[event["mark"]] = counts.get(event["mark"], 0) + 1
    lost = [mark for mark in acknowledged if mark not in counts]
    doubled = [mark for mark, count in counts.items() if count != 1]
    check("acknowledged and not stored", lost[:5], [])
    check("stored more than once", doubled[:5], [])
    check("answered twice", len(set(acknowledged)), len(acknowledged))


__all__ = ["Answer", "Client", "FORM", "Failed", "Folder", "HASH", "PATIENCE", "Service",
           "answer_of", "check_names", "check_stored", "everything", "finish", "hidden", "join",
           "load", "numbered", "objects", "seeded", "wait_for"]
