# SPDX-License-Identifier: Apache-2.0
"""The pipelines of cases.c in Beam Python, run by its in-process runner:

    oracle.py FOLDER NAME...

reads FOLDER/NAME.jsonl, one input of data.py, and writes FOLDER/NAME.beam: rows as JSON lines with
the case they are of, sorted. Beam's own transforms do the work wherever it has them. What is adapted, because the two differ on purpose, is
in docs/beam.md: NULL in numbers is skipped, NaN orders after every number, floats are keys as text.

Tests: cases.c rows.h data.py"""
import json
import logging
import math
import os
import sys

import apache_beam as beam
from apache_beam import combiners, pvalue
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.transforms import window
from apache_beam.utils.timestamp import Timestamp

import data

WINDOWS = {"global": window.GlobalWindows(), "fixed": window.FixedWindows(10),
           "sliding": window.SlidingWindows(10, 4, offset=1), "sessions": window.Sessions(3)}
SIDES = {"names": [("a", "Alpha"), ("hot", "Heat"), ("null", "nothing")],
         "many": [("a", "1"), ("b", "2"), ("a", "3")], "one": ["One"]}


# ---- rows ------------------------------------------------------------------------------------------
def shown_at(timestamp, of):
    """The last instant of a window is a microsecond before its end in Beam, a millisecond in Joist;
    runners cut it to milliseconds, towards 1970. The global window ends at one time in Beam, at
    another in Joist, and what is combined in it may be at its beginning: all of these are NULL."""
    if isinstance(of, window.IntervalWindow):
        ends = of.end.micros - timestamp.micros <= 1000
        return of.end.micros // 1000 - 1 if ends else timestamp.micros // 1000
    return timestamp.micros // 1000 if abs(timestamp.micros) < 10 ** 17 else None


class Dump(beam.DoFn):
    """(key, value) with its window and timestamp as one line of a file."""

    def __init__(self, path, case):
        self.path, self.case = path, case

    def process(self, pair, timestamp=beam.DoFn.TimestampParam, of=beam.DoFn.WindowParam):
        windowed = isinstance(of, window.IntervalWindow)
        row = {"case": self.case, "key": pair[0], "value": pair[1],
               "start": of.start.micros // 1000 if windowed else None,
               "end": of.end.micros // 1000 if windowed else None, "at": shown_at(timestamp, of)}
        with open(self.path, "a", encoding="utf-8") as out:
            out.write(json.dumps(row, separators=(",", ":")) + "\n")


def text(value):
    return "null" if value is None else "%.17g" % value


def joined(values):
    return ",".join(str(v) for v in sorted(values))


# ---- functions of numbers without NULL -------------------------------------------------------------
def order(value):
    return (math.isnan(value), value)


def total(values):
    return sum(v for v in values if v is not None)


def least(values):
    return min((v for v in values if v is not None), key=order, default=None)


def greatest(values):
    return max((v for v in values if v is not None), key=order, default=None)


class Mean(beam.CombineFn):
    """Beam's mean, but of nothing NULL, not NaN."""

    def __init__(self):
        super().__init__()
        self.mean = combiners.MeanCombineFn()

    def create_accumulator(self):
        return self.mean.create_accumulator()

    def add_input(self, accumulator, element):
        return accumulator if element is None else self.mean.add_input(accumulator, element)

    def merge_accumulators(self, accumulators):
        return self.mean.merge_accumulators(accumulators)

    def extract_output(self, accumulator):
        return self.mean.extract_output(accumulator) if accumulator[1] else None


class CountDistinct(beam.CombineFn):
    def create_accumulator(self):
        return set()

    def add_input(self, accumulator, element):
        return accumulator | ({element} if element is not None else set())

    def merge_accumulators(self, accumulators):
        return set().union(*accumulators)

    def extract_output(self, accumulator):
        return len(accumulator)


class Spread(beam.CombineFn):
    """The CombineFn `spread` of cases.c, on whole records."""

    def create_accumulator(self):
        return 0, None, None, 0, None

    def add_input(self, accumulator, element):
        n = element["n"]
        return self.merge_accumulators([accumulator, (1, n, n, (n or 0) ** 2, f"i{element['id']:05}")])

    def merge_accumulators(self, accumulators):
        counts, lows, highs, squares, labels = zip(*accumulators)
        return (sum(counts), least(lows), greatest(highs), sum(squares),
                max((label for label in labels if label), default=None))

    def extract_output(self, accumulator):
        n, low, high, squares, label = accumulator
        return f"{n} {text(low)} {text(high)} {squares} {label or 'null'}"


# ---- the cases: inputs to (key, value as text) -----------------------------------------------------
class Inputs:
    """One input in one kind of window."""

    def __init__(self, records, windows, pipeline, names):
        self.pipeline, self.windows = pipeline, windows
        self.records = records | f"into {windows}" >> beam.WindowInto(WINDOWS[windows])
        self.names = names

    def side(self, name):
        return self.records | beam.Filter(lambda r: r["side"] == name)

    def of(self, *fields):
        """(key, field) or, of several, (key, (fields…))."""
        def pair(r):
            values = tuple(number(r, f) for f in fields)
            return r["key"], values if len(values) > 1 else values[0]
        return self.records | beam.Map(pair)

    def values(self, field):
        return self.records | beam.Map(lambda r: number(r, field))

    def globally(self, fn):
        combine = beam.CombineGlobally(fn)
        return combine if self.windows == "global" else combine.without_defaults()

    def always(self, transform):
        return transform if self.windows == "global" else transform.without_defaults()


def number(record, field):
    value = record[field]
    return float(value) + 0.0 if field == "x" and value is not None else value


def texts(pairs):
    return pairs | "texts" >> beam.MapTuple(lambda key, value: (key, text(value)))


def all_texts(values):
    return values | "texts" >> beam.Map(lambda value: (None, text(value)))


def each(lists):
    return lists | beam.FlatMapTuple(lambda key, found: [(key, text(v)) for v in found])


def cogrouped(i):
    def pair(r):
        return r["key"], r["id"]
    return ({"left": i.side("left") | "l" >> beam.Map(pair),
             "right": i.side("right") | "r" >> beam.Map(pair)} | beam.CoGroupByKey())


def join(i, keep_left, keep_right):
    def pairs(key, both):
        left = both["left"] or ([None] if keep_right else [])
        right = both["right"] or ([None] if keep_left else [])
        return [(key, f"{text(l)}|{text(r)}") for l in left for r in right]
    return cogrouped(i) | beam.FlatMapTuple(pairs)


def partition(i):
    def part(r, _):
        return 1 if not r["n"] else 0 if r["n"] < 0 else 2
    negative, zero, positive = i.records | beam.Partition(part, 3)
    count = i.always(combiners.Count.Globally())
    return ((all_texts(negative | count),
             texts(zero | beam.Map(lambda r: (r["key"], 1)) | combiners.Count.PerKey()),
             positive | "ids" >> beam.Map(lambda r: (r["key"], text(r["id"])))) | beam.Flatten())


def side(i):
    def look_up(r, names, many, everything, one):
        key = r["key"] or "null"
        return r["key"], (f"{r['id']} {names.get(key, '-')} {len(list(many[key]))} "
                          f"{len(everything)} {one}")
    names, many, one = i.names
    return i.records | beam.Map(look_up, pvalue.AsDict(names), pvalue.AsMultiMap(many),
                                pvalue.AsList(many), pvalue.AsSingleton(one))


def group_x(i):
    return (i.records | beam.Map(lambda r: (text(number(r, "x")), r["id"])) | beam.GroupByKey()
            | beam.MapTuple(lambda key, ids: (key, joined(ids))))


def flatten(i):
    return ((i.side("left"), i.records | "2" >> beam.Filter(lambda r: r["side"] == "right"),
             i.records | "3" >> beam.Filter(lambda r: r["side"] == "left"))
            | beam.Flatten() | beam.Map(lambda r: (r["key"], text(r["id"]))))


def sort_key(n):
    return -math.inf if n is None else n


def count_all(lists):
    return lists | beam.Map(lambda found: (None, text(len(found))))


CASES = {
    "times": lambda i: texts(i.of("id")),
    "group": lambda i: (i.of("id") | beam.GroupByKey()
                        | beam.MapTuple(lambda key, ids: (key, joined(ids)))),
    "group_x": group_x,
    "cogroup": lambda i: cogrouped(i) | beam.MapTuple(
        lambda key, both: (key, joined(both["left"]) + "|" + joined(both["right"]))),
    "join_inner": lambda i: join(i, False, False),
    "join_left": lambda i: join(i, True, False),
    "join_right": lambda i: join(i, False, True),
    "join_full": lambda i: join(i, True, True),
    "combine": lambda i: (i.records | beam.Map(lambda r: (r["key"], r))
                          | beam.CombinePerKey(Spread())),
    "combine_globally": lambda i: (i.records | i.globally(Spread())
                                   | beam.Map(lambda value: (None, value))),
    "count": lambda i: texts(i.of("n") | combiners.Count.PerKey()),
    "count_globally": lambda i: all_texts(i.records | i.always(combiners.Count.Globally())),
    "sum": lambda i: texts(i.of("n") | beam.CombinePerKey(total)),
    "sum_globally": lambda i: all_texts(i.values("n") | i.globally(total)),
    "sum_x": lambda i: texts(i.of("x") | beam.CombinePerKey(total)),
    "min": lambda i: texts(i.of("n") | beam.CombinePerKey(least)),
    "min_globally": lambda i: all_texts(i.values("n") | i.globally(least)),
    "min_x": lambda i: texts(i.of("x") | beam.CombinePerKey(least)),
    "max": lambda i: texts(i.of("n") | beam.CombinePerKey(greatest)),
    "max_globally": lambda i: all_texts(i.values("n") | i.globally(greatest)),
    "max_x": lambda i: texts(i.of("x") | beam.CombinePerKey(greatest)),
    "mean": lambda i: texts(i.of("n") | beam.CombinePerKey(Mean())),
    "mean_globally": lambda i: all_texts(i.values("n") | i.globally(Mean())),
    "mean_x": lambda i: texts(i.of("x") | beam.CombinePerKey(Mean())),
    "top": lambda i: each(i.of("n") | combiners.Top.PerKey(3, key=sort_key)),
    "top_globally": lambda i: (
        i.records | i.always(combiners.Top.Of(3, key=lambda r: r["id"]))
        | beam.FlatMap(lambda found: [(r["key"], text(r["id"])) for r in found])),
    "bottom": lambda i: (
        i.of("n", "id") | combiners.Top.PerKey(2, key=lambda v: (sort_key(v[0]), v[1]), reverse=True)
        | beam.FlatMapTuple(lambda key, found: [(key, text(v[1])) for v in found])),
    "distinct": lambda i: texts(i.of("n") | beam.Distinct()),
    "count_distinct": lambda i: texts(i.of("n") | beam.CombinePerKey(CountDistinct())),
    "count_distinct_globally": lambda i: all_texts(i.values("n") | i.globally(CountDistinct())),
    "approx_count_distinct": lambda i: texts(i.of("n") | beam.CombinePerKey(CountDistinct())),
    "latest": lambda i: texts(i.of("ms") | combiners.Latest.PerKey()),
    "sample": lambda i: (i.of("id") | combiners.Sample.FixedSizePerKey(5)
                         | beam.MapTuple(lambda key, found: (key, text(len(found))))),
    "sample_globally": lambda i: count_all(
        i.records | i.always(combiners.Sample.FixedSizeGlobally(10))),
    "quantiles": lambda i: (
        i.of("n") | beam.Filter(lambda pair: pair[1] is not None)
        | beam.ApproximateQuantiles.PerKey(5)
        | beam.FlatMapTuple(lambda key, found: [(key, f"{at / 4:.2f} {text(v)}")
                                                for at, v in enumerate(found)])),
    "flatten": flatten, "partition": partition, "side": side,
}
EVERYWHERE = list(WINDOWS)
ONLY_IN = {"times": EVERYWHERE[:3], "latest": EVERYWHERE[:3], "group_x": ["global"],
           "min_x": ["global"], "max_x": ["global"], "side": ["global"],
           "quantiles": EVERYWHERE[:2], "flatten": EVERYWHERE[:2], "partition": EVERYWHERE[:2]}


# ---- running ---------------------------------------------------------------------------------------
class Scope(beam.PTransform):
    """One case under a name of its own."""

    def __init__(self, case, inputs, path):
        super().__init__()
        self.case, self.inputs, self.path = case, inputs, path

    def expand(self, _):
        found = CASES[self.case](self.inputs)
        return found | beam.ParDo(Dump(self.path, f"{self.case}.{self.inputs.windows}"))


def run(records, of, path):
    options = PipelineOptions(auto_unique_labels=True)
    pipeline = beam.Pipeline(runner=FnApiRunner(), options=options)
    names = [pipeline | f"side {name}" >> beam.Create(SIDES[name]) for name in SIDES]
    timed = (pipeline | beam.Create(records, reshuffle=False)
             | "times" >> beam.Map(lambda r: window.TimestampedValue(
                 r, Timestamp(micros=r["ms"] * 1000))))
    for windows in of:
        inputs = Inputs(timed, windows, pipeline, names)
        for case in CASES:
            if windows in ONLY_IN.get(case, EVERYWHERE):
                _ = timed | f"{case} {windows}" >> Scope(case, inputs, path)
    pipeline.run().wait_until_finish()


def main(folder, *names):
    logging.getLogger().setLevel(logging.ERROR)
    for name in names:
        path = os.path.join(folder, name)
        with open(path + ".jsonl", encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
        open(path + ".rows", "w", encoding="utf-8").close()
        run(records, data.WINDOWS[name], path + ".rows")
        with open(path + ".rows", encoding="utf-8") as rows:
            found = sorted(rows)
        with open(path + ".beam", "w", encoding="utf-8") as out:
            out.writelines(found)


if __name__ == "__main__":
    main(*sys.argv[1:])
