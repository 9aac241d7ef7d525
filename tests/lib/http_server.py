# SPDX-License-Identifier: Apache-2.0
"""A real HTTP server on loopback that answers as a test tells it to and remembers what came."""
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Request:
    at: float
    method: str
    path: str
    headers: list           # (name, value) as sent
    body: bytes

    @property
    def key(self):
        return dict(self.headers).get("Idempotency-Key")


@dataclass
class Answer:
    code: int = 200
    headers: tuple = ()
    body: bytes = b"{}"
    delay: float = 0
    drop: bool = False      # closes the connection instead


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        size = int(self.headers.get("Content-Length") or 0)
        request = Request(time.monotonic(), self.command, self.path,
                          list(self.headers.items()), self.rfile.read(size))
        with self.server.lock:
            self.server.requests.append(request)
            count = sum(r.key == request.key for r in self.server.requests)
        answer = self.server.answer(request, count)
        if answer.delay:
            self.server.closing.wait(answer.delay)
        if answer.drop:
            self.close_connection = True
            return
        self.send_response(answer.code)
        for name, value in (*answer.headers, ("Content-Length", len(answer.body))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_):
        pass

    def handle(self):
        try:
            super().handle()
        except OSError:                         # the client went away, which is its right
            pass


class Server:
    """`answer(request, count)` is called for each POST; `count`: how often its key was posted."""

    def __init__(self, answer=lambda request, count: Answer()):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.lock, self.server.closing = threading.Lock(), threading.Event()
        self.server.requests, self.server.answer = [], answer
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.closing.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}/mail"

    @property
    def requests(self):
        return list(self.server.requests)

    def keys(self):
        return [r.key for r in self.requests]
