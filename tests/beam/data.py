# SPDX-License-Identifier: Apache-2.0
"""The inputs of the comparison with Beam, the same in every run: {NAME: [records]}. Each record is a
line {key, n, x, ms, side, id}: a key, a number, a float as text, event time, a side for joins, a
place."""
import json
import random

FLOATS = ["nan", "-0.0", "0.0", "0.25", "-7.5", "1024.125", "inf"]
EDGES = [-20000, -10001, -10000, -9999, -7000, -3001, -3000, -1, 0, 1, 999, 1000, 2999, 3000, 4999,
         5000, 9999, 10000, 10001, 12999, 13000, 16000]

# In which windows Beam sees each input: all of them everywhere would take minutes.
EVERYWHERE = ["global", "fixed", "sliding", "sessions"]
WINDOWS = {"empty": ["global", "fixed"], "single": ["fixed"], "one_key": ["sessions"],
           "null_key": ["global"], "all_equal": ["sessions"], "equal_times": ["fixed"],
           "edges": EVERYWHERE[1:], "mixed": EVERYWHERE, "skew": ["global", "sessions"]}


def record(number, key, n, x, ms):
    return {"key": key, "n": n, "x": x, "ms": ms, "side": "right" if number % 3 == 1 else "left",
            "id": number}


def mixed(chance):
    """Keys, numbers and floats that may be NULL, NaN, times before 1970, and late ones."""
    return [record(i, chance.choice([None, "a", "b", "c", "hot"]),
                   chance.choice([None, *range(-9, 10)]), chance.choice([None, *FLOATS]),
                   chance.randrange(-30000, 30000)) for i in range(60)]


def edges(chance):
    """At the ends of windows, and as far apart as the gap of sessions."""
    return [record(i, chance.choice("ab"), chance.randrange(-3, 3), "0.5", ms)
            for i, ms in enumerate(EDGES * 2)]


def skew(chance):
    """Every other one has the same key."""
    return [record(i, "hot" if i % 2 else f"k{chance.randrange(25)}", chance.randrange(1000),
                   str(chance.randrange(-400, 400) / 8), chance.randrange(60000)) for i in range(70)]


def make():
    chance = random.Random(7)
    return {
        "empty": [],
        "single": [record(0, "a", 1, "1.5", -1)],
        "one_key": [record(i, "a", chance.randrange(50), "0.125", i * 700) for i in range(40)],
        "null_key": [record(i, None, None, None, i * 2500) for i in range(6)],
        "all_equal": [record(i, "a", 5, "2.5", 5000) for i in range(20)],
        "equal_times": [record(i, "abc"[i % 3], i, str(i / 4), 10000) for i in range(30)],
        "edges": edges(chance), "mixed": mixed(chance), "skew": skew(chance),
    }


def lines(records):
    return "".join(json.dumps(r, separators=(",", ":")) + "\n" for r in records)
