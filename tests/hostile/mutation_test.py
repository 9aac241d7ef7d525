# SPDX-License-Identifier: Apache-2.0
"""Hundreds of generated files with bytes changed, cut, doubled, swapped and thrown in at random: the
program and the oracle agree on every row and dead letter. Prints its seed; JOIST_SEED sets it."""
import gzip
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import main
from product import Work, check_against_oracle, event, line

SEED = int(os.environ.get("JOIST_SEED", time.time_ns() % 1_000_000))
FILES = 600
TOKENS = [b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\", b"\\u", b"\\ud800", b"null", b"true", b"0",
          b"-", b"e", b".", b" ", b"\n", b"\r", b"\x00", b"\xff", b"\xed\xa0\x80", b"\xf0\x9f", b"'",
          b"\xef\xbb\xbf", b"\x1f\x8b", b"9" * 30, b"&#x1F600;", b"&amp;", b"@", b"www.", b"//", b":80"]
REASONS = ["other", "none", "no-such", None, 7, True, "too-slow "]


def record(chance):
    """An event with a bit of everything a mutation may hit."""
    number = chance.randrange(50)
    return line(event(
        number, reason_id=chance.choice(REASONS), url=chance.choice(
            ["https://shop.org/x/", "HTTP://WWW.Shop.org:80", "shöp.org", "[::1]:8080/a", "10.0.0.1"]),
        users={"total": chance.choice([3, "4", 1.5, None]), "a": "1", "b": True},
        plugins={"p": {"name": "P", "version": 1}, "q": None}, extra={"note": "n", "other": 1},
        ip_address=chance.choice(["1.2.3.4", "::1", "x"]), is_local=chance.choice([True, "no", ""]),
        collector={"request_id": chance.choice(["", f"m-{number}"]), "received_at":
                   chance.choice(["2026-08-20T03:30:00Z", "2026-08-19T03:00:00+01:00", "x"])}))


def mutate(chance, data):
    data = bytearray(data)
    for _ in range(chance.choice((0, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(data) + 1)
        to = min(len(data), at + chance.choice((1, 1, 2, 10, 100)))
        how = chance.randrange(6)
        if how == 0:
            data[at:to] = b""
        elif how == 1:
            data[at:at] = chance.choice(TOKENS)
        elif how == 2:
            data[at:to] = chance.choice(TOKENS)
        elif how == 3 and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif how == 4:
            data[at:at] = data[at:to] * chance.choice((1, 2, 50))
        else:
            data = data[to:] + data[:to]
    return bytes(data)


def test_against_the_oracle():
    print(f"        seed {SEED}")
    chance = random.Random(SEED)
    with Work() as work:
        for i in range(FILES):
            data = mutate(chance, b"".join(record(chance) for _ in range(chance.randrange(1, 6))))
            name = f"{i:04}." + chance.choice(("json", "jsonl", "ndjson"))
            if chance.randrange(4) == 0:
                data, name = gzip.compress(data, mtime=0), name + ".gz"
                data = mutate(chance, data) if chance.randrange(2) else data
            work.input(name if chance.randrange(5) else f"/flat/{name}", data)
        for options in ((), ("--bundle", "3", "--workers", "3")):
            work.remove_outputs()
            work.run(*options)
            check_against_oracle(f"{options} seed {SEED}", work)


main(globals())
