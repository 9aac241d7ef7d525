# SPDX-License-Identifier: Apache-2.0
"""The analytics part of the benchmark: build/analytics --full and DuckDB make the same five tables of the same
history, 25 rows for each event of the other parts (5 million). DuckDB reads the SQLite file itself, by its
own extension, and, in its favour, a file of its own into which the history was loaded before.

The extension must be of DuckDB's very version, so both come from pip into an environment of their own."""
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import contenders

ROWS_AN_EVENT = 25
PACKAGES = ("duckdb==1.5.5", "duckdb-extensions==1.5.5", "duckdb-extension-sqlite-scanner==1.5.5")
TABLES = ("analytics_hourly", "analytics_daily_reason", "analytics_daily_dim", "analytics_daily_reason_version",
          "analytics_overview_daily")
SMALL_MEMORY = "256M"


def python_of(build):
    """The Python that has DuckDB with its extension, or None."""
    folder = os.path.join(build, "bench-analytics-venv")
    python = os.path.join(folder, "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    found = [python, "-c", "import duckdb_extension_sqlite_scanner"]
    if subprocess.run(found, capture_output=True, check=False).returncode:
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=False)
    return python if subprocess.run(found, capture_output=True, check=False).returncode == 0 else None


def history(bench):
    rows = bench.inputs.events * ROWS_AN_EVENT
    return rows, bench.inputs.make(bench.inputs.path("analytics", "history.db"), lambda out: subprocess.run(
        [sys.executable, os.path.join(contenders.HERE, "analytics_history.py"), out, str(rows)], check=True))


def loaded(bench, python, source):
    return bench.inputs.make(bench.inputs.path("analytics", "history.duckdb"), lambda out: subprocess.run(
        [python, os.path.join(contenders.HERE, "peer_analytics.py"), source, out, "load"], check=True))


def stored_rows(path):
    with closing(sqlite3.connect(path)) as db:
        return {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}


def joist(bench, source, *options):
    out = bench.fresh()
    summary, result = contenders.measured([
        bench.program("analytics"), "run", "--full", "--history", f"sqlite:{source}", "--analytics",
        f"sqlite:{out}/analytics.db", "--dead", f"{out}/dead", "--workers", str(bench.workers), "--progress",
        "never", "--summary", "json", *options], TMPDIR=out)
    return result | {"events": summary["read"]["records"], "rows": stored_rows(f"{out}/analytics.db"),
                     "spilled": summary["spilled_bytes"]}


def duckdb(bench, python, rows, source):
    told, result = contenders.measured(
        [python, os.path.join(contenders.HERE, "peer_analytics.py"), source, f"{bench.fresh()}/out.duckdb",
         str(bench.workers), "8GB"], TMPDIR=bench.out)
    return result | {"events": rows, "seconds": told["seconds"], "rows": told["rows"]}


def contenders_of(bench, who):
    """(the history, [(name, job)])."""
    rows, source = history(bench)
    jobs = []
    if "joist" in who:
        jobs = [("Joist --full", lambda: joist(bench, source)),
                (f"Joist --full --memory {SMALL_MEMORY}", lambda: joist(bench, source, "--memory", SMALL_MEMORY))]
    python = python_of(bench.build) if "duckdb" in who else None
    if python:
        own = loaded(bench, python, source)
        jobs += [("DuckDB, from the SQLite file", lambda: duckdb(bench, python, rows, source)),
                 ("DuckDB, from a file of its own", lambda: duckdb(bench, python, rows, own))]
    elif "duckdb" in who:
        print("bench: **** DUCKDB'S SQLITE EXTENSION CANNOT BE INSTALLED: LEFT OUT ****", file=sys.stderr)
    return source, jobs


def disagreement(results):
    """What is not the same in all runs; empty: nothing."""
    rows = {name: runs[-1]["rows"] for name, runs in results.items()}
    return "" if len({json.dumps(counts) for counts in rows.values()}) <= 1 else json.dumps(rows, indent=1)


def ratios(results, per_event):
    ours = results.get("Joist --full")
    for name, runs in results.items():
        if ours and runs is not ours:
            aim = "0.5 or more" if name.startswith("DuckDB") else ""
            yield f"analytics: {name} / Joist --full", per_event(runs) / per_event(ours), aim
    for name, runs in results.items():
        if name.endswith(SMALL_MEMORY):
            yield f"analytics: peak memory, --memory {SMALL_MEMORY}", \
                f"{max(run['peak'] for run in runs) / 1e6:.0f} MB", "under 400 MB"
