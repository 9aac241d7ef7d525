# SPDX-License-Identifier: Apache-2.0
"""Are the expectations of the golden cases right? Every case of tests/golden/deactivate is given to the
oracle, another program written from the same specification, and what it gives must be what expect/
says: rows, dead letters, refusals. The pipeline itself is not run here; `deactivate test` does that.

Not compared: what the oracle does not know (messages, stages, posting mail, --since and --until)."""
import os
import shutil
import sys
import tempfile
from datetime import datetime

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "oracle"))

import inputs  # noqa: E402
import oracle  # noqa: E402
from jsontext import parse_one, write  # noqa: E402
from projects import SideInputError  # noqa: E402

CASES = os.path.join(HERE, "deactivate")
UNKNOWN_TO_ORACLE = {"since-and-until"}
KEYS = {"history.deactivations": ("window_start", "event_id"), "latest.deactivations": ("id",),
        "history.sites": ("window_start", "event_id"), "latest.sites": ("id",),
        "latest.mail_outbox": ("event_id",)}
OUTBOX = ("event_id", "project_id", "status")


def text_of(value):
    """A value of a row or of JSON as one comparable text; None stays None."""
    if value is None or isinstance(value, bool):
        return None if value is None else str(int(value))
    return write(value) if isinstance(value, (dict, list)) else str(value)


def read(*path):
    try:
        with open(os.path.join(*path), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def rows(*path):
    lines = (read(*path) or b"").split(b"\n")
    return [parse_one(line)[0] for line in lines if line.strip()]


def comparable(row, names=None):
    return {name: text_of(value) for name, value in row.items()
            if value is not None and name not in oracle.NOT_COMPARED and (not names or name in names)}


def keyed(table, found):
    return {tuple(row[name] for name in KEYS[table]) if len(KEYS[table]) > 1 else row[KEYS[table][0]]:
            {name: text_of(value) for name, value in row.items()} for row in found}


def options_of(case):
    found = {}
    for line in (read(case, "options") or b"").decode().splitlines():
        key, _, value = line.partition("=")
        found[key.strip().replace("_", "-")] = value.strip().strip('"')
    return found


def milliseconds(text):
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def set_times(case, top):
    now = milliseconds((read(case, "now") or read(CASES, "now")).decode().strip())
    times = dict(reversed(line.split(" ", 1))
                 for line in (read(case, "times") or b"").decode().splitlines())
    for folder, _, names in os.walk(os.path.join(top, "in")):
        for name in names:
            path = os.path.join(folder, name)
            given = times.get(os.path.relpath(path, os.path.join(top, "in")))
            stamp = (milliseconds(given) if given else now) * 1_000_000
            os.utime(path, ns=(stamp, stamp), follow_symlinks=False)


def make_folder(case, top):
    shutil.copytree(os.path.join(case, "in"), os.path.join(top, "in"), symlinks=True)
    for above in (CASES, case):
        if os.path.isdir(os.path.join(above, "side")):
            shutil.copytree(os.path.join(above, "side"), os.path.join(top, "side"),
                            dirs_exist_ok=True)
    set_times(case, top)


def projects_of(options):
    if "projects" not in options:
        return "side/projects.jsonl"
    return next((path for path in ("side/latest/projects.jsonl", "in/projects.jsonl")
                 if os.path.exists(path)), os.devnull)


def stores_of():
    stores = oracle.Stores()
    for table, into in stores.tables().items():
        into.update(keyed(table, rows("side", table.replace(".", "/") + ".jsonl")))
    return stores


def run(options):
    limit = int(options.get("max-record", inputs.MAX_RECORD))
    return oracle.run(options.get("input", "in"), projects_of(options), options.get("window"),
                      stores_of(), limit, "allow-no-projects" in options)


def letter(row):
    """What the oracle knows of a dead letter."""
    source = row.get("source", row)
    return repr(tuple(text_of(v) for v in (row["code"], source["uri"], source["offset"],
                                           source["line"], source["record"], row.get("raw"),
                                           row.get("raw_truncated") or None)))


def compare_tables(case, options, stores):
    for table, got in stores.tables().items():
        names = OUTBOX if table == "latest.mail_outbox" else None
        if names and "mail-endpoint" in options:
            continue
        oracles = sorted(map(repr, (order(comparable(row, names)) for row in got.values())))
        expected = sorted(map(repr, (order(comparable(row, names)) for row in
                                     rows(case, "expect", table + ".jsonl"))))
        yield from (f"{table}: only the oracle has {row}" for row in oracles if row not in expected)
        yield from (f"{table}: only expect/ has {row}" for row in expected if row not in oracles)


def order(row):
    return dict(sorted(row.items()))


def compare_letters(case, result):
    expected = sorted(letter(row) for row in rows(case, "expect", "dead.jsonl")
                      if row["code"] != "mail_failed")
    oracles = sorted(map(letter, result.dead))
    yield from (f"dead: only the oracle has {row}" for row in oracles if row not in expected)
    yield from (f"dead: only expect/ has {row}" for row in expected if row not in oracles)


def compare_numbers(summary, result):
    """The numbers that a case chose to expect."""
    known = {"files": result.files, "records": result.records, "skipped": result.skipped}
    for name, value in summary.get("read", {}).items():
        if str(known.get(name, value)) != value:
            yield f"summary: the oracle has read {known[name]} {name}"
    if summary.get("events", str(len(result.events))) != str(len(result.events)):
        yield f"summary: the oracle has {len(result.events)} events"


def differences(case):
    options = options_of(case)
    summary = parse_one((read(case, "expect", "summary.json") or b"{}").strip())[0]
    fails = summary.get("exit") == "1"
    try:
        stores, result = run(options)
    except SideInputError as error:
        if not fails:
            yield f"the oracle refuses: {error}"
        return
    if fails:
        yield "the oracle does not refuse"
        return
    yield from compare_tables(case, options, stores)
    yield from compare_letters(case, result)
    yield from compare_numbers(summary, result)


def main():
    names = sorted(name for name in os.listdir(CASES) if os.path.isdir(os.path.join(CASES, name, "in")))
    failed = 0
    for name in names:
        if name in UNKNOWN_TO_ORACLE:
            continue
        top, here = tempfile.mkdtemp(), os.getcwd()
        try:
            make_folder(os.path.join(CASES, name), top)
            os.chdir(top)
            found = list(differences(os.path.join(CASES, name)))
        finally:
            os.chdir(here)
            shutil.rmtree(top)
        failed += bool(found)
        for line in found:
            print(f"{name}: {line}")
    print(f"{len(names)} cases, {len(UNKNOWN_TO_ORACLE)} not for the oracle, {failed} disagree")
    return failed > 0 or not names


if __name__ == "__main__":
    sys.exit(main())
