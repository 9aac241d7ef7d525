# SPDX-License-Identifier: Apache-2.0
"""The oracle: what one run of the deactivation product must leave behind, computed a second time from
the specification alone, by another program in another language.

    oracle.py --input DIR --projects FILE [--window YYYY-MM-DDTHH]     prints rows as JSON lines

A row is a dict column -> SQLite value (text, int or None). `run_id` and `ingested_at` are not part of
it, nor are the bodies and times of mail. Limits: everything in memory, local files, one thread."""
import argparse
import base64
import os
import sys
from dataclasses import dataclass, field

import events
import inputs
import projects as side
import rules
from jsontext import write

NOT_COMPARED = ("run_id", "ingested_at")
COMMON = [f for f in events.FIELDS if f not in NOT_COMPARED]
DEACTIVATIONS = [f for f in COMMON if f not in ("users", "plugins", "custom_fields")]
SITES = [f for f in COMMON if f not in ("reason_id", "reason_info")]


def column(name, value):
    if name in ("deactivated_at", "window_start"):
        return rules.print_time(value)
    if name == "warnings":
        return write(value)
    return int(value) if isinstance(value, bool) else value


def row_of(event, names):
    return {name: column(name, event[name]) for name in names}


@dataclass
class Stores:
    """The tables, each a dict key -> row."""
    history_deactivations: dict = field(default_factory=dict)
    history_sites: dict = field(default_factory=dict)
    latest_deactivations: dict = field(default_factory=dict)
    latest_sites: dict = field(default_factory=dict)
    mail_outbox: dict = field(default_factory=dict)

    def tables(self):
        return {"history.deactivations": self.history_deactivations,
                "history.sites": self.history_sites,
                "latest.deactivations": self.latest_deactivations,
                "latest.sites": self.latest_sites, "latest.mail_outbox": self.mail_outbox}


@dataclass
class Result:
    """Of one run: its events in input order, its dead letters, its counters."""
    events: list = field(default_factory=list)
    dead: list = field(default_factory=list)
    files: int = 0
    records: int = 0
    skipped: int = 0

    def rejected(self):
        counts = {}
        for letter in self.dead:
            counts[letter["code"]] = counts.get(letter["code"], 0) + 1
        return counts


def dead_letter(item, code):
    letter = {"code": code, "uri": item.source.uri.decode("utf-8", "replace"),
              "offset": item.offset, "line": item.line, "record": item.record, "attempts": 1,
              "raw": None, "raw_truncated": False, "element": None}
    if item.raw is not None:
        letter["raw"] = base64.b64encode(item.raw[:inputs.MAX_RAW]).decode()
        letter["raw_truncated"] = len(item.raw) > inputs.MAX_RAW
    elif code != "empty":
        letter["element"] = item.value
        letter["has_element"] = True
    return letter


def take(result, item, projects):
    """One item of the input into the result."""
    result.records += 1
    if item.code:
        result.dead.append(dead_letter(item, item.code))
        return
    event, code = events.decode(item, projects)
    if code is None:
        result.events.append(event)
        event["valid_reason"] = event["reason_id"] in event["project"].reasons
        code = None if event["valid_reason"] else "unknown_reason"
    if code:
        result.dead.append(dead_letter(item, code))


def read(given, projects, window=None, projects_file=None, max_record=inputs.MAX_RECORD):
    """Reads the whole input: a Result. `window` in ms or None."""
    result = Result()
    sources, result.skipped = inputs.list_sources(given, projects_file)
    for source in sources:
        if window is not None and source.hour != window:
            continue
        result.files += 1
        for item in inputs.read_source(source, max_record):
            take(result, item, projects)
    return result


def wants_mail(event):
    return (event["project"].mail and event["admin_email"] is not None
            and not rules.reserved_domain(event["admin_email"])
            and event["is_local"] is not True and not event["is_local_host"])


def replace_history(table, rows, window):
    if window is not None:
        start = rules.print_time(window)
        for key in [k for k in table if k[0] == start]:
            del table[key]
    table.update(rows)


def latest_into(table, chosen, names, **more):
    for event in chosen:
        row = row_of(event, names) | more
        old = table.get(event["id"])
        if old is None or (old["deactivated_at"], old["event_id"]) <= (row["deactivated_at"],
                                                                      row["event_id"]):
            table[event["id"]] = row


def history_rows(chosen, names):
    rows = (row_of(event, names) for event in chosen)
    return {(row["window_start"], row["event_id"]): row for row in rows}


def apply(stores, result, window=None):
    """What the run changes in the stores (no mail endpoint: new requests wait as `pending`)."""
    good = [e for e in result.events if e["valid_reason"]]
    replace_history(stores.history_deactivations, history_rows(good, DEACTIVATIONS), window)
    replace_history(stores.history_sites, history_rows(result.events, SITES), window)
    latest_into(stores.latest_deactivations, good, DEACTIVATIONS)
    latest_into(stores.latest_sites, result.events, SITES, status="deactivated")
    for event in filter(wants_mail, result.events):     # of equal keys the last one stays
        stores.mail_outbox[event["event_id"]] = {
            "event_id": event["event_id"], "project_id": event["project_id"],
            "status": "pending", "attempts": 0, "last_error": None}


def run(given, projects_file, window=None, stores=None, max_record=inputs.MAX_RECORD,
        allow_none=False):
    """(stores, result) of a run; raises SideInputError or Unreadable where the product exits 1."""
    stores = Stores() if stores is None else stores
    window = inputs.parse_window(window) if window else None
    known = side.load(projects_file, allow_none)
    result = read(given, known, window, os.fsencode(projects_file), max_record)
    apply(stores, result, window)
    return stores, result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--input", required=True)
    parser.add_argument("--projects", required=True)
    parser.add_argument("--window")
    parser.add_argument("--max-record", type=int, default=inputs.MAX_RECORD)
    given = parser.parse_args()
    stores, result = run(given.input, given.projects, given.window, max_record=given.max_record)
    for name, table in stores.tables().items():
        for _, row in sorted(table.items(), key=lambda kv: str(kv[0])):
            print(write({"table": name} | row))
    for letter in result.dead:
        print(write({"dead": letter}))
    print(write({"files": result.files, "records": result.records, "events": len(result.events),
                 "rejected": result.rejected()}))


if __name__ == "__main__":
    sys.exit(main())
