# SPDX-License-Identifier: Apache-2.0
"""build/deactivate against the oracle, row by row and column by column: the oracle's hand-made hostile
inputs and generated ones, over workers and bundle sizes, with and without a window, and twice in a row.

    deactivate_oracle_test.py [SCENARIO]...      only those; the first differences are printed"""
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter

ORACLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle")
sys.path.insert(0, ORACLE)

import cases  # noqa: E402
import jsontext  # noqa: E402
import oracle  # noqa: E402
from jsontext import parse_one, write  # noqa: E402

BUILD = os.environ.get("JOIST_BUILD", "build")
ALL = list(itertools.product((1, 2, 4), (1, 7, 0)))
FEW = [(1, 0), (4, 7), (2, 1)]
SHOWN = 10
KEYS = {"history.deactivations": ("window_start", "event_id"),
        "history.sites": ("window_start", "event_id"), "latest.deactivations": ("id",),
        "latest.sites": ("id",), "latest.mail_outbox": ("event_id",)}
COLUMNS = {"history.deactivations": oracle.DEACTIVATIONS, "history.sites": oracle.SITES,
           "latest.deactivations": oracle.DEACTIVATIONS,
           "latest.sites": oracle.SITES + ["status"],
           "latest.mail_outbox": ["event_id", "project_id", "status", "attempts", "last_error"]}
MORE = {name: {"run_id", "ingested_at"} for name in KEYS} | {
    "latest.mail_outbox": {"created_at", "updated_at", "body"}}
LETTER = ("code", "uri", "offset", "line", "record", "attempts", "raw", "raw_truncated")
differences = []
compared = 0


def differ(where, what):
    differences.append(f"{where}: {what}")
    if len(differences) >= SHOWN:
        finish()


# ---- the program ---------------------------------------------------------------------------------

def run_program(out, given, projects, window, workers, bundle, expected=0):
    """One run into the stores below `out`; its dead letters, each a dict."""
    shutil.rmtree(os.path.join(out, "dead"), ignore_errors=True)
    command = [os.path.join(BUILD, "deactivate"), "run", "--input", given, "--latest",
               f"sqlite:{out}/latest.db", "--history", f"sqlite:{out}/history.db", "--dead",
               f"{out}/dead", "--workers", str(workers), "--bundle", str(bundle), "--quiet"]
    command += ["--projects", projects] if projects else []
    command += ["--window", window] if window else []
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != expected:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr.decode(errors='replace')[-2000:]}\n"
                 f"exit code {done.returncode}, not {expected}")
    return list(letters_in(os.path.join(out, "dead")))


def letters_in(folder):
    """An element that is nested as deep as it may be is one level deeper in its dead letter."""
    jsontext.MAX_DEPTH += 1
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        with open(os.path.join(folder, name), "rb") as file:
            for line in file:
                yield parse_one(line)[0]
    jsontext.MAX_DEPTH -= 1


def table(out, name):
    """{key: row} of a table; no such table is an empty one."""
    store, _, table_name = name.partition(".")
    database = sqlite3.connect(f"file:{out}/{store}.db?mode=ro", uri=True)
    try:
        cursor = database.execute(f"SELECT * FROM {table_name}")
        columns = [c[0] for c in cursor.description]
        rows = [dict(zip(columns, row)) for row in cursor]
    except sqlite3.OperationalError:
        columns, rows = COLUMNS[name] + sorted(MORE[name]), []
    database.close()
    if set(columns) != set(COLUMNS[name]) | MORE[name]:
        differ(name, f"has the columns {columns}")
    return {tuple(row[k] for k in KEYS[name]): row for row in rows}


# ---- comparing -----------------------------------------------------------------------------------

def compare_row(where, name, want, got):
    global compared
    compared += 1
    for column in COLUMNS[name]:
        a, b = want[column], got[column]
        if a != b or type(a) is not type(b):
            differ(where, f"{column}: expected {a!r}, got {b!r} in {got['event_id']!r}")


def compare_tables(where, out, stores):
    for name, expected in stores.tables().items():
        want = {tuple(row[k] for k in KEYS[name]): row for row in expected.values()}
        got = table(out, name)
        for key in want.keys() | got.keys():
            if key not in got or key not in want:
                differ(f"{where} {name}", f"{'missing' if key in want else 'too many'}: {key}")
            else:
                compare_row(f"{where} {name}", name, want[key], got[key])


def letter_of(letter):
    """What of a dead letter of the program is compared: text, as the program writes it."""
    flat = letter | letter["source"]
    shown = {name: flat.get(name) for name in LETTER}
    shown["raw_truncated"] = bool(shown["raw_truncated"])
    shown["element"] = "element" in letter
    if letter["code"] == "not_object":
        shown["element"] = write(letter["element"])
    return write(shown)


def expected_letter(letter):
    shown = {name: letter[name] for name in LETTER}
    shown["element"] = "has_element" in letter
    if letter["code"] == "not_object":
        shown["element"] = write(letter["element"])
    return write(shown)


def compare_letters(where, want, got):
    global compared
    compared += len(want)
    want, got = Counter(map(expected_letter, want)), Counter(map(letter_of, got))
    for text, counts in (("missing", want - got), ("too many", got - want)):
        for letter, count in counts.items():
            differ(f"{where} dead letters", f"{count} {text}: {letter[:400]}")


# ---- scenarios -----------------------------------------------------------------------------------

def play(name, top, runs, settings, projects):
    """Makes all runs with each setting; the oracle goes first and remembers what should be there.
    `projects` None: the program finds the file by itself."""
    expected, stores = [], oracle.Stores()
    file = projects or os.path.join(top, "in", "projects.jsonl")
    for sub, window in runs:
        given = os.path.join(top, "in", sub) if sub else os.path.join(top, "in")
        stores, result = oracle.run(given, file, window, stores)
        expected.append((given, window, copy_of(stores), result.dead))
    for workers, bundle in settings:
        out = os.path.join(top, f"out-{workers}-{bundle}")
        os.makedirs(out)
        for i, (given, window, stores, dead) in enumerate(expected):
            where = f"{name} run {i + 1} workers {workers} bundle {bundle}"
            letters = run_program(out, given, projects, window, workers, bundle)
            compare_tables(where, out, stores)
            compare_letters(where, dead, letters)
        shutil.rmtree(out)


def copy_of(stores):
    return oracle.Stores(**{name: dict(rows) for name, rows in vars(stores).items()})


def play_scenario(scenario, work):
    top = os.path.join(work, scenario.name)
    scenario.write(top)
    runs = scenario.runs + [scenario.runs[-1]]       # the last one twice: nothing may change
    play(scenario.name, top, runs, ALL if scenario.name == "keys" else FEW,
         os.path.join(top, "projects.jsonl"))
    shutil.rmtree(top)


GENERATED = {
    "generated-files": (["--count", "1500", "--layout", "files", "--hours", "3", "--dirt", "60",
                         "--sites", "300", "--gzip", "--seed", "7"], FEW),
    "generated-hours": (["--count", "600", "--hours", "2", "--dirt", "30", "--sites", "40",
                         "--events-per-file", "3", "--collector", "50", "--seed", "8"], ALL),
    "generated-lines": (["--count", "3000", "--layout", "ndjson", "--dirt", "50", "--seed", "9"],
                        FEW),
}


def play_generated(name, work):
    """The projects lie in the input and are found there."""
    options, settings = GENERATED[name]
    top = os.path.join(work, name)
    lines = "ndjson" in options
    given = os.path.join(top, "in", "events.ndjson") if lines else os.path.join(top, "in")
    os.makedirs(os.path.join(top, "in"))
    subprocess.run([os.path.join(BUILD, "generate"), "--out", given, "--projects",
                    os.path.join(top, "in", "projects.jsonl")] + options, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    hours = ["2026-11-23T10", "2026-11-23T11", "2026-11-23T10"]
    runs = [("", None)] * 2 if lines else [("", h) for h in hours] + [("", None)] * 2
    play(name, top, runs, settings, None)
    shutil.rmtree(top)


def finish():
    print(*differences, sep="\n", end="\n" if differences else "")
    print(f"{compared} rows and dead letters compared, {len(differences)} differences")
    sys.exit(1 if differences or not compared else 0)


def main():
    wanted = sys.argv[1:]
    work = tempfile.mkdtemp(prefix="joist-oracle-")
    try:
        for scenario in cases.all_scenarios():
            if not wanted or scenario.name in wanted:
                play_scenario(scenario, work)
        for name in GENERATED:
            if not wanted or name in wanted:
                play_generated(name, work)
        finish()
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
