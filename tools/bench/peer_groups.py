# SPDX-License-Identifier: Apache-2.0
"""The jobs of groups.c in Python's engines, over the same files of pairs.

    peer_groups.py duckdb|polars|beam|prism combine|group|join THREADS COUNT LEFT [RIGHT]

The pairs are in the engine's own memory before the clock starts, as tables of two columns; only the first
COUNT of them (0: all). Prints seconds and CPU seconds of the job,
and rows, count and sum of what came out. `group` is not what these engines are for: they make a list per key and
fold it, as their documentation has it."""
import json
import logging
import os
import resource
import sys
import time

import numpy


def load(path, count):
    pairs = numpy.fromfile(path, dtype=[("key", "<i8"), ("value", "<i8")], count=count or -1)
    return {name: numpy.ascontiguousarray(pairs[name]) for name in ("key", "value")}


# ---- DuckDB ----------------------------------------------------------------------------------------
SQL = {
    "combine": "SELECT count(*), sum(n), sum(s) FROM"
               " (SELECT key, count(*) AS n, sum(value) AS s FROM l GROUP BY key)",
    "group": "SELECT count(*), sum(len(v)), sum(list_sum(v)) FROM"
             " (SELECT key, list(value) AS v FROM l GROUP BY key)",
    "join": "SELECT count(*), count(*), sum(l.value + r.value) FROM l JOIN r USING (key)",
}


def duckdb(job, threads, sides):
    import duckdb as db
    con = db.connect(config={"threads": threads})
    for name, side in zip("lr", sides):
        con.register("arrays", side)
        con.execute(f"CREATE TABLE {name} AS SELECT * FROM arrays")
        con.unregister("arrays")
    return lambda: con.execute(SQL[job]).fetchone()


# ---- Polars ----------------------------------------------------------------------------------------
def polars(job, threads, sides):
    import polars as pl
    key, value = pl.col("key"), pl.col("value")
    left, *right = (pl.DataFrame(side).lazy() for side in sides)
    if job == "join":
        rows = left.join(right[0], on="key").select(key, n=1, s=value + pl.col("value_right"))
    elif job == "group":
        rows = left.group_by("key").agg(value).select(key, n=value.list.len(), s=value.list.sum())
    else:
        rows = left.group_by("key").agg(n=pl.len(), s=value.sum())
    totals = rows.select(rows=pl.len(), n=pl.col("n").cast(pl.Int64).sum(), s=pl.col("s").sum())
    return lambda: totals.collect(engine="streaming").row(0)


# ---- Beam ------------------------------------------------------------------------------------------
def beam_pipeline():
    """On the in-process batch runner."""
    import apache_beam as bm
    from apache_beam.runners.portability.fn_api_runner import FnApiRunner
    return bm.Pipeline(runner=FnApiRunner())


def prism_pipeline():
    """On Prism, a server of its own whose program is $BENCH_PRISM; the SDK works in this process."""
    import apache_beam as bm
    from apache_beam.options.pipeline_options import PipelineOptions
    return bm.Pipeline(options=PipelineOptions([
        "--runner=PrismRunner", f"--prism_location={os.environ['BENCH_PRISM']}",
        "--environment_type=LOOPBACK"]))


def prism(job, threads, sides):
    return beam(job, threads, sides, prism_pipeline)


def beam(job, threads, sides, pipeline=beam_pipeline):
    import apache_beam as bm
    logging.getLogger().setLevel(logging.ERROR)
    left, *right = (list(zip(side["key"].tolist(), side["value"].tolist())) for side in sides)

    class Totals(bm.CombineFn):
        def create_accumulator(self):
            return 0, 0

        def add_input(self, acc, value):
            return acc[0] + 1, acc[1] + value

        def merge_accumulators(self, accs):
            counts, sums = zip(*accs)
            return sum(counts), sum(sums)

        def extract_output(self, acc):
            return acc

    def fold(element):
        count = total = 0
        for value in element[1]:
            count, total = count + 1, total + value
        return element[0], (count, total)

    def pairs_of(element):
        key, both = element
        others = list(both["r"])
        return [(key, (1, a + b)) for a in both["l"] for b in others]

    class Drop(bm.DoFn):
        def setup(self):
            counter = bm.metrics.Metrics.counter
            self.counters = [counter("totals", name) for name in ("rows", "count", "sum")]

        def process(self, element):
            for counter, n in zip(self.counters, (1, *element[1])):
                counter.inc(n)

    def run():
        p = pipeline()
        pairs = p | "l" >> bm.Create(left)
        if job == "combine":
            totals = pairs | bm.CombinePerKey(Totals())
        elif job == "group":
            totals = pairs | bm.GroupByKey() | bm.Map(fold)
        else:
            totals = {"l": pairs, "r": p | "r" >> bm.Create(right[0])} | bm.CoGroupByKey() \
                | bm.FlatMap(pairs_of)
        totals | "drop" >> bm.ParDo(Drop())
        found = p.run()
        found.wait_until_finish()
        counters = found.metrics().query(bm.metrics.MetricsFilter().with_namespace("totals"))["counters"]
        by_name = {counter.key.metric.name: counter.committed for counter in counters}
        return [by_name[name] for name in ("rows", "count", "sum")]
    return run


def cpu_seconds():
    """Of this process and of those it waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def main(who, job, threads, count, *files):
    sides = [load(file, int(count)) for file in files]
    run = {"duckdb": duckdb, "polars": polars, "beam": beam, "prism": prism}[who](job, int(threads), sides)
    del sides
    cpu, start = cpu_seconds(), time.perf_counter()
    totals = run()
    print(json.dumps({"seconds": time.perf_counter() - start, "cpu": cpu_seconds() - cpu,
                      "totals": [int(n) for n in totals]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
