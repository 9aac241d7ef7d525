# SPDX-License-Identifier: Apache-2.0
"""From an input path to records (spec sections 1 and 9): which files, which hour, gzip, splitting.

Everything is bytes. Limits: whole files in memory; local paths only."""
import os
import re
import stat
from dataclasses import dataclass

import rules
from gunzip import inflate
from jsontext import WHITE, JsonError, Parser, parse_one

BOM = b"\xef\xbb\xbf"
LINE_ENDS = (b".jsonl", b".ndjson", b".jsonl.gz", b".ndjson.gz")
JSON_ENDS = (b".json", b".json.gz")
MAX_RECORD = 1 << 20
MAX_RAW = 64 << 10
SHAPE = [4, 2, 2, 2]


class Unreadable(Exception):
    """An input that ends the run before any commit."""


@dataclass
class Source:
    """One file of the input."""
    full: bytes
    uri: bytes
    rel: bytes              # relative to the input; a single file's name
    by_lines: bool
    hour: int | None = None         # start of the folder hour, ms
    hour_path: bytes = b""
    modified: int = 0


@dataclass
class Item:
    """One value of a file, or what became a dead letter instead (`code`)."""
    source: Source
    offset: int
    line: int
    record: int
    code: str | None = None
    raw: bytes | None = None
    value: object = None
    repaired: bool = False


def folder_hour(directory, rel):
    """(ms, path from the folder hour on) of a file in `directory`/`rel`, or (None, rel)."""
    inside = rel.split(b"/")
    parts = [p for p in directory.split(b"/") if p not in (b"", b".")] + inside
    folders = parts[:-1]
    for i in range(len(folders) - 4, -1, -1):
        run = folders[i:i + 4]
        if all(len(p) == n and p.isdigit() for p, n in zip(run, SHAPE)):
            year, month, day, hour = map(int, run)
            if rules.real_date(year, month, day) and hour < 24:
                ms = rules.days_of(year, month, day) * rules.DAY_MS + hour * rules.HOUR_MS
                return ms, b"/".join(parts[i:])
            break
    return None, rel


def make_source(full, uri, rel, directory):
    by_lines = rel.endswith(LINE_ENDS)
    hour, hour_path = folder_hour(os.path.join(os.getcwdb(), directory), rel)
    modified = os.stat(full).st_mtime_ns // 1_000_000
    return Source(full, uri, rel, by_lines, hour, hour_path, modified)


def walk(top, rel, above, found):
    """Adds (relative path) of every input file to `found`; returns how many names were skipped."""
    skipped = 0
    here = os.stat(top)
    above = above | {(here.st_dev, here.st_ino)}
    for name in os.listdir(top):
        full, path = os.path.join(top, name), rel + name
        try:
            info = os.stat(full)
        except OSError:
            info = None                     # a dangling link is no regular file
        if name[:1] in (b".", b"_") or info is None:
            skipped += 1
        elif stat.S_ISDIR(info.st_mode):
            if (info.st_dev, info.st_ino) in above:
                skipped += 1
            else:
                skipped += walk(full, path + b"/", above, found)
        elif stat.S_ISREG(info.st_mode) and name.endswith(LINE_ENDS + JSON_ENDS):
            found.append(path)
        else:
            skipped += 1
    return skipped


def same_file(a, b):
    try:
        return b is not None and os.path.samefile(a, b)
    except OSError:
        return False


def list_sources(given, projects=None):
    """(sources in input order, names skipped). `projects`: the file that is not input."""
    given = os.fsencode(given)
    if os.path.isfile(given):
        directory, name = os.path.split(given)
        return [make_source(given, given, name, directory)], 0
    if not os.path.isdir(given):
        raise Unreadable(given)
    found = []
    skipped = walk(given, b"", frozenset(), found)
    sources = [make_source(os.path.join(given, rel), given + b"/" + rel, rel, given)
               for rel in sorted(found) if not same_file(os.path.join(given, rel), projects)]
    return sources, skipped


# ---- records -------------------------------------------------------------------------------------

def skip_white(data, pos, end=None):
    end = len(data) if end is None else end
    while pos < end and data[pos] in WHITE:
        pos += 1
    return pos


class Splitter:
    """The items of one file."""

    def __init__(self, source, data, broken, max_record):
        self.source, self.data, self.broken = source, data, broken
        self.max_record = max_record
        self.items = []
        self.seen, self.lines = 0, 1        # the line of byte `seen`

    def line_of(self, offset):
        self.lines += self.data.count(b"\n", self.seen, offset)
        self.seen = offset
        return self.lines

    def add(self, offset, code=None, raw=None, value=None, repaired=False):
        self.items.append(Item(self.source, offset, self.line_of(offset), len(self.items), code,
                               raw, value, repaired))

    def run(self):
        start = len(BOM) if self.data.startswith(BOM) else 0
        if not self.broken and skip_white(self.data, start) == len(self.data):
            self.items.append(Item(self.source, 0, 1, 0, "empty"))
        elif self.source.by_lines:
            self.by_lines(start)
        else:
            self.by_values(start)
        return self.items

    def by_lines(self, pos):
        end = self.data.find(b"\n", pos)
        while end >= 0:
            self.one_line(pos, end)
            pos, end = end + 1, self.data.find(b"\n", end + 1)
        if self.broken:
            rest = skip_white(self.data, pos)
            self.add(rest, "bad_gzip", self.data[rest:])
        else:
            self.one_line(pos, len(self.data))

    def one_line(self, pos, end):
        pos = skip_white(self.data, pos, end)
        body = self.data[pos:end].rstrip(WHITE)
        if not body:
            return
        if len(body) > self.max_record:
            self.add(pos, "too_large", body)
            return
        try:
            value, repaired = parse_one(body)
        except JsonError:
            self.add(pos, "bad_json", body)
            return
        self.add_value(pos, value, repaired)

    def add_value(self, pos, value, repaired):
        code = None if isinstance(value, dict) else "not_object"
        self.add(pos, code, None, value, repaired)

    def by_values(self, pos):
        parser = Parser(self.data)
        while True:
            pos = skip_white(self.data, pos)
            if pos == len(self.data):
                break
            try:
                value, end = parser.value_at(pos)
            except JsonError as error:
                self.rest(pos, error.at)
                return
            if self.broken and end == len(self.data) and self.data[pos] not in b'{["':
                break                       # a scalar may go on behind the fault
            self.one_value(pos, end, value, parser.repaired)
            pos = end
        if self.broken:
            self.add(pos, "bad_gzip", self.data[pos:])

    def one_value(self, pos, end, value, repaired):
        if end - pos > self.max_record:
            self.add(pos, "too_large", self.data[pos:end])
        else:
            self.add_value(pos, value, repaired)

    def rest(self, pos, at):
        code = "too_large" if at - pos > self.max_record else "bad_json"
        self.add(pos, "bad_gzip" if self.broken else code, self.data[pos:])


def read_source(source, max_record=MAX_RECORD):
    with open(source.full, "rb") as file:
        data, broken = inflate(file.read())
    return Splitter(source, data, broken, max_record).run()


def parse_window(text):
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2})", text)
    year, month, day, hour = map(int, found.groups())
    return rules.days_of(year, month, day) * rules.DAY_MS + hour * rules.HOUR_MS
