# SPDX-License-Identifier: Apache-2.0
"""The part `groups`: combining, grouping and joining pairs by their keys, in Joist, spilling too, and in
its peers; all find the same rows, counts and sums or the run fails."""
import os
import shutil
import subprocess
import sys

import contenders
import report

PAIRS_AN_EVENT = 50             # 10 million of 200,000 events
KEYS = (10, 10_000, 1_000_000)
PEERS = (("duckdb", "DuckDB"), ("polars", "Polars"))
PRISM = "github.com/apache/beam/sdks/v2/go/cmd/prism"
PRISM_JOBS = ("combine, 10,000 keys", "group, 10,000 keys")
BEAM_COUNTS = (20_000, 100_000)
BASE_MEMORY = 16 << 20          # of a run that groups next to nothing


class Job:
    """What is done with which file of pairs: `left` and, of a join, `right`."""
    def __init__(self, title, job, *files):
        self.title, self.job, self.files = title, job, files


def jobs(bench):
    count = bench.inputs.events * PAIRS_AN_EVENT
    even = {keys: pairs(bench, count, keys, "even") for keys in KEYS}
    zipf = pairs(bench, count, KEYS[-1], "zipf")
    yield from (Job(f"combine, {keys:,} keys", "combine", even[keys]) for keys in KEYS)
    yield Job("combine, zipf", "combine", zipf)
    yield from (Job(f"group, {keys:,} keys", "group", even[keys]) for keys in KEYS)
    yield Job("group, zipf", "group", zipf)
    yield Job("join", "join", pairs(bench, count // 100, count // 100, "once"),
              pairs(bench, count // 10, count // 100, "even"))


def pairs(bench, count, keys, how):
    path = bench.inputs.path(f"pairs-{how}-{keys}-{count}")
    return bench.inputs.make(path, lambda out: subprocess.run(
        [bench.program("bench-pairs"), out, str(count), str(keys), how], check=True))


def joist(bench, job, memory):
    right = ["--right", f"pairs:{job.files[1]}"] if job.files[1:] else []
    summary, result = contenders.measured([
        bench.program("bench-groups"), "run", "--input", f"pairs:{job.files[0]}", *right, "--job", job.job,
        "--memory", str(memory), "--workers", str(bench.workers), "--dry-run", "--dead=", "--progress",
        "never", "--quiet", "--summary", "json"], TMPDIR=bench.fresh())
    counters = next(stage["counters"] for stage in summary["stages"] if stage["name"] == "drop")
    result.update(events=summary["read"]["records"], spilled=summary["spilled_bytes"],
                  totals=[counters[name] for name in ("rows", "count", "sum")])
    return result


def python_peer(bench, who, job, count=0):
    told, result = contenders.measured(
        [*bench.script("peer_groups.py"), who, job.job, str(bench.workers), str(count), *job.files],
        POLARS_MAX_THREADS=str(bench.workers))
    sizes = [os.path.getsize(file) // 16 for file in job.files]
    result.update(told, events=sum(min(size, count or size) for size in sizes))
    return result


def install_prism(bench):
    """The path of Beam's Go runner, built with `go install` in the version of Beam's Python; or None."""
    path = os.path.join(os.path.dirname(bench.python), "prism")
    if not os.path.exists(path) and shutil.which("go"):
        version = subprocess.run([bench.python, "-c", "import apache_beam; print(apache_beam.__version__)"],
                                 capture_output=True, text=True, check=True).stdout.strip()
        subprocess.run(["go", "install", f"{PRISM}@v{version}"], check=False, stdout=sys.stderr,
                       env={**os.environ, "GOBIN": os.path.dirname(path)})
    if os.path.exists(path):
        return path
    print("bench: **** PRISM CANNOT BE INSTALLED: LEFT OUT ****", file=sys.stderr)
    return None


def beam(bench, job, runner="beam"):
    """Per pair from the difference of two counts: what Beam needs to begin is left out."""
    few, many = (python_peer(bench, runner, job, count) for count in BEAM_COUNTS)
    return {"seconds": many["seconds"] - few["seconds"], "cpu": many["cpu"] - few["cpu"],
            "peak": many["peak"], "events": many["events"] - few["events"]}


def spilling(bench, job, peak):
    """With a quarter of what the job took in memory."""
    return joist(bench, job, max((peak - BASE_MEMORY) // 4, BASE_MEMORY))


def one_round(bench, who, job, results):
    def add(name, result):
        results.setdefault(f"{job.title}: {name}", []).append(result)
        return result
    memory = add("Joist", joist(bench, job, 64 << 30))
    if memory["peak"] > 5 * BASE_MEMORY:
        add("Joist, a quarter of the memory", spilling(bench, job, memory["peak"]))
    for name, title in PEERS:
        if name in who:
            add(title, python_peer(bench, name, job))
    if "beam" in who:
        add("Beam Python", beam(bench, job))
    if os.environ.get("BENCH_PRISM") and job.title in PRISM_JOBS:
        add("Beam Python on Prism", beam(bench, job, "prism"))


def part(bench, who, rounds, found):
    """[(title, results)] for the tables, and found["groups"] for the ratios."""
    if "joist" not in who:
        return []
    if "beam" in who:
        os.environ["BENCH_PRISM"] = install_prism(bench) or ""
    everything, tables = {}, []
    for job in jobs(bench):
        results = {}
        for number in range(rounds):
            one_round(bench, who, job, results)
            print(f"bench: round {number + 1}/{rounds}  {job.title}", file=sys.stderr, flush=True)
        same_totals(results)
        everything.update(results)
    tables.append(("Combine, group and join pairs of ints", everything))
    found["groups"] = everything
    return tables


def same_totals(results):
    totals = {name: runs[-1]["totals"] for name, runs in results.items() if "totals" in runs[-1]}
    if len(set(map(tuple, totals.values()))) > 1:
        sys.exit(f"bench: the peers do not agree: {totals}")


def ratios(found):
    """(what, value, aim): Joist over its peers, so that smaller is better, but for Beam."""
    groups = found.get("groups", {})
    aims = {"DuckDB": "1.5 or less", "Joist": "3 or less", "Beam Python": "100 or more"}
    for title in [name[:-len(": Joist")] for name in groups if name.endswith(": Joist")]:
        ours = groups[f"{title}: Joist"]
        for key, of in (("seconds", ""), ("cpu", ", CPU seconds")):
            for name in ("DuckDB", "Polars"):
                if f"{title}: {name}" in groups:
                    aim = aims.get(name, "") if title.startswith("combine") else ""
                    yield (f"{title}: Joist / {name}{of}", report.middle(ours, key)
                           / report.middle(groups[f"{title}: {name}"], key), aim)
            spilled = groups.get(f"{title}: Joist, a quarter of the memory")
            if spilled:
                yield (f"{title}: spilling / in memory{of}", report.middle(spilled, key)
                       / report.middle(ours, key), aims["Joist"])
            for name in ("Beam Python", "Beam Python on Prism"):
                if f"{title}: {name}" in groups:
                    yield (f"{title}: {name} / Joist{of}",
                           report.per_event(groups[f"{title}: {name}"], key)
                           / report.per_event(ours, key), aims["Beam Python"])
