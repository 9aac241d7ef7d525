# SPDX-License-Identifier: Apache-2.0
"""Who runs: each contender turns an input into a command, and what the command printed into a result.

A result is a dict: seconds (what counts), cpu, peak (bytes), events, and rows per table, or parts of it.
Joist and the floors are timed whole, from exec to exit; the Python peers without the start of Python and
their imports, which favours them."""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BEAM_COUNTS = (2_500, 10_000)
TABLES = ("history_deactivations", "history_sites", "latest_deactivations", "latest_sites")


def spawn(command, environment):
    """Runs it; (its stdout, wall seconds, CPU seconds, peak resident bytes)."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **environment})
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"bench: exit code {process.returncode} of: {' '.join(command)}")
    return output, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def measured(command, **environment):
    output, seconds, cpu, peak = spawn(command, environment)
    return json.loads(output.splitlines()[-1]), {"seconds": seconds, "cpu": cpu, "peak": peak}


class Bench:
    """What all contenders share."""
    def __init__(self, inputs, build, python, workers, out=None):
        self.inputs, self.build, self.python, self.workers = inputs, build, python, workers
        self.out = os.path.join(out, "joist-bench") if out else inputs.path("out")
        self.stored = 0         # bytes of the stores of the last full run

    def program(self, name):
        return os.path.join(self.build, name)

    def script(self, name):
        return [self.python, os.path.join(HERE, name)]

    def fresh(self):
        """An empty folder for what a run writes, and nothing of earlier runs left to be written."""
        shutil.rmtree(self.out, ignore_errors=True)
        os.makedirs(self.out)
        os.sync()
        return self.out

    def touch_disk(self, size):
        """Disks of virtual machines are slow where nothing was ever written: write there once."""
        write_synced(f"{self.fresh()}/touched", size)
        self.fresh()


def write_synced(path, size):
    block = os.urandom(1 << 20)
    with open(path, "wb", buffering=0) as file:
        for _ in range(-(-size // len(block))):
            file.write(block)
        os.fsync(file)


# ---- Joist -----------------------------------------------------------------------------------------
def joist(bench, source, projects, *options):
    out = bench.fresh()
    summary, result = measured([
        bench.program("deactivate"), "run", "--input", source, "--projects", projects,
        "--latest", f"sqlite:{out}/latest.db", "--history", f"sqlite:{out}/history.db",
        "--dead", f"{out}/dead", "--workers", str(bench.workers), "--progress", "never",
        "--summary", "json", *options], TMPDIR=out)
    result.update(events=summary["read"]["records"], first=summary["first_record_seconds"],
                  spilled=summary["spilled_bytes"], rejected=summary["rejected"],
                  stages=[(stage["name"], stage["busy_seconds"]) for stage in summary["stages"]],
                  sinks=[(sink["name"], sink["seconds"]) for sink in summary["sinks"]],
                  rows=joist_rows(out))
    stored = sum(os.path.getsize(f"{out}/{name}") for name in os.listdir(out) if ".db" in name)
    bench.stored = stored or bench.stored
    return result


def joist_rows(out):
    rows = {}
    for store in ("history", "latest"):
        path = f"{out}/{store}.db"
        if os.path.exists(path):
            with sqlite3.connect(path) as db:
                for table in ("deactivations", "sites"):
                    count = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                    rows[f"{store}_{table}"] = count
    return rows


def joist_dry(bench, source, projects, *options):
    return joist(bench, source, projects, "--dry-run", *options)


def empty_dofns(bench, length):
    summary, result = measured([
        bench.program("bench-empty-dofns"), "run", "--input", bench.inputs.lines(), "--length",
        str(length), "--workers", str(bench.workers), "--dry-run", "--dead=", "--progress", "never",
        "--summary", "json"])
    result["events"] = summary["read"]["records"]
    return result


# ---- the floors ------------------------------------------------------------------------------------
def floor(mode):
    def run(bench, source, _projects):
        told, result = measured([bench.program("bench-floor"), mode, source, str(bench.workers)])
        if mode != "read":      # which sees bytes only
            result.update(events=told["records"])
        return result
    return run


def floor_write(bench, _source, _projects):
    """As many bytes as the stores of the run before had, into one file, with one fsync."""
    path, cpu = f"{bench.fresh()}/bytes", time.process_time()
    start = time.perf_counter()
    write_synced(path, bench.stored)
    return {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu, "peak": 0}


# ---- the peers -------------------------------------------------------------------------------------
def duckdb(bench, source, projects):
    told, result = measured([*bench.script("peer_duckdb.py"), source, projects,
                             f"{bench.fresh()}/events.duckdb", str(bench.workers), "8GB"],
                            TMPDIR=bench.out)
    result.update(seconds=told["seconds"], rows=told["rows"])
    return result


def polars(bench, _source, projects):
    told, result = measured([*bench.script("peer_polars.py"), "run", bench.inputs.polars(bench.python),
                             projects, bench.fresh()], POLARS_MAX_THREADS=str(bench.workers))
    result.update(seconds=told["seconds"], rows=told["rows"])
    return result


def beam(out):
    """Seconds per event from the difference of two counts: what Beam needs to begin is left out."""
    def run(bench, source, projects):
        most = bench.inputs.events
        few, many = (min(count, most * count // BEAM_COUNTS[1]) for count in BEAM_COUNTS)
        folder = bench.fresh()
        told, result = measured([*bench.script("peer_beam.py"), source, projects,
                                 folder if out else "-", f"{few},{many}"], TMPDIR=folder)
        seconds = told["seconds"]
        result.update(seconds=seconds[str(many)] - seconds[str(few)], events=many - few,
                      part_rows=told["rows"])
        return result
    return run


# (name, what it is, kind, how it runs): the order of the table.
CONTENDERS = [
    ("read", "floor: reading the bytes", "floors", floor("read")),
    ("parse", "floor: strict parse, our walk", "floors", floor("parse")),
    ("dom", "floor: strict parse, simdjson DOM", "floors", floor("dom")),
    ("decode", "floor: strict parse into a record", "floors", floor("decode")),
    ("dry", "Joist --dry-run", "joist", joist_dry),
    ("joist", "Joist, four SQLite tables", "joist", joist),
    ("write", "floor: writing the stores' bytes, fsync", "floors", floor_write),
    ("duckdb", "DuckDB, four tables", "duckdb", duckdb),
    ("polars", "Polars, four Parquet files", "polars", polars),
    ("beam-dry", "Beam Python, nothing written", "beam", beam(False)),
    ("beam", "Beam Python, four JSON files", "beam", beam(True)),
]
