# SPDX-License-Identifier: Apache-2.0
"""The inputs of the benchmark, made once per folder and kept: what is there is taken as it is.

    DIR/nN/events.ndjson    N times the base number of events, one file, with projects.jsonl
    DIR/files/              the events of n1 again, four a file
    DIR/n1/polars.ndjson    the lines of n1 that Polars reads
    DIR/one/, DIR/lines.txt one event; short lines for the empty DoFns"""
import os
import shutil
import subprocess

BASE_EVENTS = 200_000
EVENTS_A_FILE = 4
LINE, LINES_AN_EVENT = b"1234567\n", 50


class Inputs:
    def __init__(self, folder, build, events):
        self.folder, self.build, self.events = folder, build, events

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def projects(self, times=1):
        return self.path(f"n{times}", "projects.jsonl")

    def ndjson(self, times=1):
        """`times` as many events; the generator streams, so memory is no matter."""
        return self.make(self.path(f"n{times}", "events.ndjson"),
                         lambda out: self.generate(out, self.events * times))

    def one_event(self):
        """A clean event, so that it reaches the end."""
        return self.make(self.path("one", "events.ndjson"),
                         lambda out: self.generate(out, 1, "--dirt", "0"))

    def generate(self, out, count, *more):
        subprocess.run([os.path.join(self.build, "generate"), "--layout", "ndjson", "--out", out,
                        "--projects", os.path.join(os.path.dirname(out), "projects.jsonl"),
                        "--count", str(count), *more], check=True, stdout=subprocess.DEVNULL)

    def small_files(self):
        return self.make(self.path("files"), self.split)

    def split(self, out):
        hour = os.path.join(out, "deactivate", "2026", "11", "23", "10")
        os.makedirs(hour)
        with open(self.ndjson(), "rb") as lines:
            for number in range(10**9):
                part = b"".join(line for _, line in zip(range(EVENTS_A_FILE), lines))
                if not part:
                    return
                with open(os.path.join(hour, f"{number:07d}.ndjson"), "wb") as file:
                    file.write(part)

    def polars(self, python):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peer_polars.py")
        source = self.ndjson()
        return self.make(self.path("n1", "polars.ndjson"), lambda out: subprocess.run(
            [python, script, "filter", source, out], check=True))

    def lines(self):
        def write(out):
            with open(out, "wb") as file:
                for _ in range(LINES_AN_EVENT):
                    file.write(LINE * self.events)
        return self.make(self.path("lines.txt"), write)

    def make(self, path, how):
        """Made under another name and renamed, so that half an input is never taken for one."""
        if not os.path.exists(path):
            unfinished = path + ".unfinished"
            os.makedirs(os.path.dirname(path), exist_ok=True)
            shutil.rmtree(unfinished, ignore_errors=True)
            how(unfinished)
            os.rename(unfinished, path)
        return path


def files_of(path):
    if os.path.isfile(path):
        return [path]
    return [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]


def size_of(path):
    return sum(os.path.getsize(file) for file in files_of(path))


def warm(path):
    """Reads it all, so that no run waits for the disk."""
    block = bytearray(1 << 20)
    for file in files_of(path):
        with open(file, "rb", buffering=0) as stream:
            while stream.readinto(block):
                pass
