#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The gallery against a second opinion: each pipeline runs over some thousand random records, and what it
writes is what a few lines of Python work out from the same records. Golden cases (tests/golden/) show the
corners; this shows that the corners are not all.

Tests: pipelines/sessions.c pipelines/join_orders.c pipelines/newest_price.c pipelines/enrich_orders.c
pipelines/check_readings.c pipelines/windowed_counts.c pipelines/sales_report.c pipelines/two_stations.c
pipelines/reconcile.c pipelines/triage.c pipelines/top_sales.c pipelines/histogram.c
pipelines/csv_to_sqlite.c pipelines/recount_days.c
"""
import csv
import datetime
import io
import json
import os
import random
import sqlite3
import sys
from collections import Counter, defaultdict
from contextlib import closing

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import Folder, check, main, program, run

DICE = random.Random(20260820)
START = 1787212800000           # 2026-08-20T08:00:00Z
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def moment(ms):
    return datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc)


def rfc(ms):
    return moment(ms).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03}Z"


def lines(records):
    return "".join(json.dumps({k: v for k, v in r.items() if v is not None}) + "\n" for r in records)


class Case(Folder):
    """A folder in which a pipeline runs; files are given by option, several of `input` by a dict."""

    def __init__(self, name):
        super().__init__()
        self.name = name

    def rows(self, table, *more, **files):
        """The table that a run with these arguments leaves, as a sorted list of tuples."""
        args = [program(self.name), "run", "--quiet", "--output", f"sqlite:{self.path('out.db')}",
                "--dead", self.path("dead"), "--workers", "3", "--bundle", "7", "--run-id", "one", *more]
        for option, data in files.items():
            data = data if isinstance(data, dict) else {"all.jsonl": data}
            for name, text in data.items():
                self.write(f"{option}/{name}", text)
            args += [f"--{option}", self.path(option)]
        done = run(args)
        check(str(done), done.code, 0)
        return self.table(table)

    def table(self, name):
        with closing(sqlite3.connect(self.path("out.db"))) as db:
            return sorted(db.execute(f"SELECT * FROM {name}"))

    def codes(self):
        path = self.path("dead", "one.jsonl")
        if not os.path.exists(path):
            return {}
        with open(path, encoding="utf-8") as file:
            return dict(Counter(json.loads(line)["code"] for line in file))


def split(records, parts=3):
    """The records as lines of a few files."""
    return {f"{i}.jsonl": lines(records[i::parts]) for i in range(parts)}


# ---- one pipeline after another ------------------------------------------------------------------
def log_line(hit):
    at = moment(hit["at"])
    time = f"{at.day:02}/{MONTHS[at.month - 1]}/{at.year}:{at:%H:%M:%S} +0000"
    return f'{hit["host"]} - - [{time}] "GET {hit["path"]} HTTP/1.1" 200 17 "-" "{hit["agent"]}"\n'


def visits_of(hits):
    by_key = defaultdict(list)
    for hit in hits:
        by_key[hit["host"], hit["agent"]].append(hit)
    for key, group in by_key.items():
        group.sort(key=lambda hit: hit["at"])
        visit = [group[0]]
        for hit in group[1:] + [{"at": 1 << 60}]:
            if hit["at"] - visit[-1]["at"] >= 30 * MINUTE:
                yield (*key, rfc(visit[0]["at"]), rfc(visit[-1]["at"]), len(visit), visit[0]["path"])
                visit = []
            visit.append(hit)


def test_sessions():
    seconds = DICE.sample(range(20 * 3600), 3000)       # no two at once: entries are never tied
    hits = [{"host": f"192.0.2.{DICE.randrange(12)}", "agent": DICE.choice(["a b", "c"]),
             "path": f"/{i}", "at": START + 1000 * second} for i, second in enumerate(seconds)]
    logs = {f"{i}.log": "".join(map(log_line, hits[i::4])) for i in range(4)}
    with Case("sessions") as case:
        check("visits", case.rows("visits", input=logs | {"no.log": "what?\n"}), sorted(visits_of(hits)))
        check("rejected", case.codes(), {"no_log_line": 1})


def test_join_orders():
    orders = [{"id": f"o{i:04}", "customer": DICE.choice([None, f"c{DICE.randrange(300)}"]),
               "cents": DICE.randrange(9999)} for i in range(2000)]
    people = {f"c{i}": f"N{i}" for i in DICE.sample(range(400), 250)}
    want = [(o["id"], people[o["customer"]], o["cents"]) for o in orders if o["customer"] in people]
    gaps = [("order without customer", o["id"]) for o in orders if o["customer"] not in people]
    used = {o["customer"] for o in orders}
    gaps += [("customer without order", c) for c in people if c not in used]
    with Case("join_orders") as case:
        check("invoices", case.rows("invoices", input=split(orders), customers=lines(
            {"id": c, "name": n} for c, n in people.items())), sorted(want))
        check("gaps", case.table("gaps"), sorted(gaps))


def test_newest_price():
    reports = [{"shop": f"s{DICE.randrange(20)}", "article": f"a{DICE.randrange(30)}", "cents": i,
                "seen": rfc(START + DICE.randrange(50) * HOUR)} for i in range(3000)]
    newest = {}
    for file in range(3):                               # files in order, and lines in them
        for r in reports[file::3]:
            key = r["shop"], r["article"]
            if key not in newest or r["seen"] >= newest[key]["seen"]:
                newest[key] = r
    want = [(*key, r["cents"], r["seen"]) for key, r in newest.items()]
    with Case("newest_price") as case:
        check("prices", case.rows("prices", input=split(reports)), sorted(want))


def sell(db):
    """Some sales are taken back, some come."""
    db.execute("DELETE FROM sales WHERE cents % 3 = ?", (DICE.randrange(3),))
    db.executemany("INSERT INTO sales VALUES (?, ?, ?)", [
        (f"s{DICE.randrange(5)}", rfc(START + DICE.randrange(10 * DAY)), DICE.randrange(1000))
        for _ in range(100)])
    db.commit()


def test_recount_days():
    totals = {}
    with Case("recount_days") as case, closing(sqlite3.connect(case.path("sales.db"))) as db:
        db.execute("CREATE TABLE sales (shop, sold_at, cents)")
        for _ in range(6):
            sell(db)
            days = {rfc(START + n * DAY)[:10] for n in range(11) if DICE.randrange(2)}
            asked = [{"day": f"{day}T{hour:02}:00:00Z"} for day in days for hour in (3, 20)]
            totals = {key: row for key, row in totals.items() if key[0] not in days}
            totals |= {(day, shop): row for day, shop, *row in db.execute(
                "SELECT substr(sold_at, 1, 10), shop, count(*), sum(cents) FROM sales GROUP BY 1, 2")
                if day in days}
            check("totals", case.rows("totals", "--sales", f"sqlite:{case.path('sales.db')}",
                                      input=lines(asked)),
                  sorted((f"{day}T00:00:00.000Z", shop, *row) for (day, shop), row in totals.items()))


def test_enrich_orders():
    orders = [{"id": f"o{i}", "article": f"a{DICE.randrange(60)}", "quantity": DICE.randrange(150)}
              for i in range(2000)]
    prices = {f"a{i}": 7 * i + 1 for i in range(50)}
    want = []
    for o in orders:
        off = 20 if o["quantity"] >= 100 else 5 if o["quantity"] >= 10 else 0
        if o["article"] in prices:
            want.append((o["id"], f"the {o['article']}", o["quantity"], off,
                         o["quantity"] * prices[o["article"]] * (100 - off) // 100))
    with Case("enrich_orders") as case:
        check("lines", case.rows("order_lines", input=split(orders), prices=lines(
            {"article": a, "name": f"the {a}", "cents": c} for a, c in prices.items())), sorted(want))
        check("unknown", len(case.table("unknown")), len(orders) - len(want))


def test_check_readings():
    good = [("C", 20.5, 20.5), ("K", 300.0, 300.0 - 273.15), ("F", 50.0, 10.0)]
    bad = [({"unit": "R"}, "unknown_unit"), ({"value": -300}, "impossible"), ({"at": None}, "incomplete"),
           ({"sensor": None}, "incomplete"), ({"unit": None}, "unknown_unit")]
    readings, want, codes = [], [], Counter()
    for i in range(2000):
        unit, value, celsius = DICE.choice(good)
        reading = {"sensor": f"s{i}", "at": rfc(START + i), "value": value, "unit": unit}
        if DICE.random() < 0.3:
            wrong, code = DICE.choice(bad)
            codes[code] += 1
            readings.append(reading | {"unit": "C"} | wrong)
        else:
            readings.append(reading)
            want.append((f"s{i}", rfc(START + i), celsius, "C"))
    with Case("check_readings") as case:
        check("good", case.rows("readings", input=split(readings)), sorted(want))
        check("bad", case.codes(), dict(codes))


def test_windowed_counts():
    views = [(f"/{DICE.randrange(5)}", START + DICE.randrange(-3 * HOUR, 3 * HOUR)) for _ in range(3000)]
    hourly, moving = Counter(), Counter()
    for page, at in views:
        hourly[page, at // HOUR * HOUR] += 1
        last = at // (15 * MINUTE) * 15 * MINUTE
        moving.update((page, last - 15 * MINUTE * back) for back in range(4))

    def rows(counts):
        return sorted((page, rfc(at), rfc(at + HOUR), n) for (page, at), n in counts.items())
    with Case("windowed_counts") as case:
        records = [{"page": page, "at": rfc(at)} for page, at in views]
        check("hourly", case.rows("hourly", input=split(records)), rows(hourly))
        check("moving", case.table("moving"), rows(moving))


def test_sales_report():
    sales = [{"region": f"r{DICE.randrange(4)}", "product": f"p{DICE.randrange(9)}",
              "cents": DICE.randrange(-500, 5000), "at": rfc(START + DICE.randrange(DAY))}
             for _ in range(3000)]
    by_key = defaultdict(list)
    for s in sales:
        by_key[s["region"], s["product"]].append(s)
    want = []
    for key, group in by_key.items():
        cents = [s["cents"] for s in group]
        want.append((*key, len(group), sum(cents), max(cents), sum(cents) / len(cents),
                     max(s["at"] for s in group)))
    with Case("sales_report") as case:
        check("report", case.rows("reports", input=split(sales)), sorted(want))


def test_two_stations():
    def station(around):
        return [(START + DICE.randrange(5 * DAY), around + DICE.randrange(-80, 80) / 4)
                for _ in range(1000)]

    def days(readings):
        by_day = defaultdict(list)
        for at, celsius in readings:
            by_day[at // DAY * DAY].append(celsius)
        return sorted((rfc(day), min(all_), max(all_)) for day, all_ in by_day.items())

    def records(readings):
        return [{"at": rfc(at), "celsius": celsius} for at, celsius in readings]
    valley, mountain = station(15), station(-5)
    with Case("two_stations") as case:
        got = case.rows("valley", input=split(records(valley)), mountain=lines(records(mountain)))
        check("valley", got, days(valley))
        check("mountain", case.table("mountain"), days(mountain))


def test_reconcile():
    books = [(f"R{DICE.randrange(500)}", DICE.choice([1, 5, 10])) for _ in range(1500)]
    bank = [(f"R{DICE.randrange(550)}", DICE.choice([1, 5, 10])) for _ in range(1500)]
    booked, paid = Counter(), Counter()
    for reference, cents in books:
        booked[reference] += cents
    for reference, cents in bank:
        paid[reference] += cents
    want = [(r, booked[r], paid[r], booked[r] - paid[r]) for r in {**booked, **paid}
            if booked[r] != paid[r]]

    def records(entries):
        return [{"reference": r, "cents": c} for r, c in entries]
    with Case("reconcile") as case:
        check("open", case.rows("open_items", input=split(records(books)), bank=lines(records(bank))),
              sorted(want))


def test_triage():
    def alerts(letter):
        return [{"id": f"{letter}{i}", "level": DICE.randrange(8), "drill": DICE.random() < 0.2,
                 "title": f" t{i} ", "hosts": ", ".join(f"h{i % 7}{k}" for k in range(i % 4)) or None}
                for i in range(1000)]
    measured, manual = alerts("m"), alerts("p")
    real = [a for a in measured + manual if not a["drill"]]
    with Case("triage") as case:
        got = [case.rows("urgent", input=split(measured), manual=lines(manual)),
               case.table("soon"), case.table("later")]
        for rows, low, high in zip(got, (0, 2, 5), (2, 5, 8)):
            check(f"levels from {low}", [row[0] for row in rows],
                  sorted(a["id"] for a in real if low <= a["level"] < high))
        check("titles", {row[3] for row in got[0] + got[1] + got[2]}, {a["title"].strip() for a in real})
        check("hosts", case.table("hosts"), sorted((name, a["id"]) for a in real if a["hosts"]
                                                   for name in a["hosts"].split(", ")))


def test_top_sales():
    sales = [{"id": f"s{i:04}", "shop": f"shop{DICE.randrange(9)}", "cents": DICE.randrange(300)}
             for i in range(3000)]

    def top(group):
        return sorted(group, key=lambda s: (-s["cents"], s["id"], s["shop"]))[:3]
    shops = {s["shop"] for s in sales}
    want = [s for shop in shops for s in top(s for s in sales if s["shop"] == shop)]
    with Case("top_sales") as case:
        check("of shops", case.rows("of_shops", input=split(sales)), sorted(tuple(s.values()) for s in want))
        check("of all", case.table("of_all"), sorted(tuple(s.values()) for s in top(sales)))


def test_histogram():
    requests = [{"path": "/", "ms": int(DICE.expovariate(0.01)) + 3} for _ in range(3000)]
    times = [r["ms"] for r in requests]
    width = (max(times) - min(times)) // 10 + 1
    bars = Counter((ms - min(times)) // width * width + min(times) for ms in times)
    with Case("histogram") as case:
        check("bars", case.rows("bars", input=split(requests)),
              sorted((at, at + width, n) for at, n in bars.items()))


def test_csv_to_sqlite():
    names = ["plain", "a, b", 'say "x"', "two\nlines", " blanks ", "é"]
    rows = [(i, DICE.choice(names), DICE.choice([None, i / 8]), DICE.choice([None, True, False]),
             DICE.choice([None, rfc(START + i)])) for i in range(2000)]
    files = {}
    for part in range(3):
        text = io.StringIO()
        writer = csv.writer(text, lineterminator=DICE.choice(["\n", "\r\n"]))
        writer.writerow(["in service since", "Altitude (m)", "unused", "id", "automatic", "name"])
        for i, name, altitude, automatic, opened in rows[part::3]:
            writer.writerow([opened, altitude, "-", i, str(automatic).lower() if automatic is not None
                             else None, name])
        files[f"{part}.csv"] = text.getvalue()
    with Case("csv_to_sqlite") as case:
        got = case.rows("stations", input=files)
        check("ids and the rest", [(r[0], *r[2:]) for r in got], [(r[0], *r[2:]) for r in rows])
        check("names", [r[1] for r in got], [r[1].strip() for r in rows])


if __name__ == "__main__":
    main(globals())
