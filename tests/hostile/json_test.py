# SPDX-License-Identifier: Apache-2.0
"""Hostile JSON through the real program, each piece as a whole file, as a line and inside an event; the
other implementation (tests/oracle) says what must come of it. And sizes: depth, keys, strings."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import check, main
from product import Work, check_against_oracle, check_memory, event, line

MIB = 1 << 20
GOOD = [b"0", b"-0", b"1e5", b"1E+2", b"0.1", b"-1.5e-3", b"123123e100000", b"0e1", b"1e-400",
        b"20e1", b"-123456789012345678901234567890", b'""', b'" "', b'"\\u0000"', b'"\\"\\\\\\/"',
        b'"\\b\\f\\n\\r\\t"', b'"\\uD834\\uDd1e"', b'"\\uFFFE"', b'"\x7f"', b'"\xe2\x80\xa8"',
        b'"\xf4\x8f\xbf\xbf"', b'"\\u0022"', b"[]", b"[ ]", b"[[]   ]", b"[null, 1, \"x\"]", b"{}",
        b'{"a":{"a":{}}}', b'{"":0}', b'{"a":"b","a":"c"}', b'{"a\\u0000b":1}', b'{"\\u0061":1,"a":2}',
        b"true", b"false", b"null", b"[1\r\n,\t2]", b'"\\ud800"', b'"\\udfff\\ud800"',
        b'"\\ud800\\ud800\\n"', b'"\\ud800abc"', b'"\xff"', b'"\xc0\xaf"', b'"\xed\xa0\x80"',
        b'"\xf5\x80\x80\x80"', b'"\xe0\xff"', b'"\xf0\x9f\x98"', b'{"\xff":"\xfe"}', b"1e999", b"-1e999"]
BAD = [b"NaN", b"-NaN", b"Infinity", b"-Infinity", b"nan", b"+1", b"01", b"-01", b"-", b"1.", b".5",
       b"1.e1", b"1e", b"1e+", b"1eE2", b"0x1", b"0x42", b"1_000", b"1 000", b"- 1", b"\xef\xbc\x91",
       b"tru", b"True", b"nul", b"nulll", b"fals", b"'a'", b'"', b'"a', b'"\\', b'"\\x"', b'"\\u12"',
       b'"\\u123g"', b'"\\a"', b'"\\\xff"', b'"\t"', b'"\n"', b'"\x00"', b'"\x1f"', b"[", b"[1", b"[1,",
       b"[,1]", b"[1,]", b"[1,,2]", b"[1 2]", b"[1:2]", b"[\"a\"", b"]", b"[1]]", b"{", b'{"a"', b'{"a":',
       b'{"a":1', b'{"a":1,', b'{"a":1,}', b'{,"a":1}', b'{"a" 1}', b"{a:1}", b"{1:1}", b'{"a"::1}',
       b'{"a":1 "b":2}', b'{"a":1}}', b"{'a':1}", b"}", b"/**/1", b"1//x", b"[1]#", b"\x00", b"\x0c1",
       b"[1\x00]", b"[\xc2\xa01]", b"\xfe\xff\x001", b"1\xe2\x80\x8b", b"[1]x", b'"a"\xef\xbb\xbf"b"',
       b'{"__proto__":[],}', b"<x/>", b"---", b"@", b"~", b"`", b"\\u007b", b"(1)", b"[\"\\u00A\"]"]


def tree(work):
    for i, piece in enumerate(GOOD + BAD):
        work.input(f"whole/{i:03}.json", piece)
        work.input(f"twice/{i:03}.json", line(event(i)) + piece + line(event(i + 1)))
        work.input(f"line/{i:03}.jsonl", piece + b"\n" + line(event(i)))
        base = line(event(i)).rstrip()
        for name in (b"unread", b"reason_info", b"users", b"plugins", b"extra", b"wp"):
            data = base[:-1] + b',"' + name + b'":' + piece + b"}\n"
            work.input(b"inside/%03d-%s.jsonl" % (i, name), data)


def test_against_the_oracle():
    with Work() as work:
        tree(work)
        work.run()
        check_against_oracle("hostile JSON", work)
        for options in (("--bundle", "1", "--workers", "4"), ("--workers", "1")):
            first = work.dead()
            work.run(*options)
            check(f"{options}", work.dead(), first)


def test_depth():
    """1,024 levels are allowed, and a million cost no stack."""
    with Work() as work:
        for levels in (1022, 1023, 1024, 1025, 100_000):
            for opens, closes, inner in ((b"[", b"]", b""), (b'{"a":', b"}", b"1")):
                piece = opens * levels + inner + closes * levels
                name = f"{levels}-{'list' if opens == b'[' else 'object'}"
                work.input(f"{name}.json", b'{"x":' + piece + b"}" + line(event(1)))
                work.input(f"{name}.jsonl", piece + b"\n" + line(event(2)))
        work.run()
        check_against_oracle("depth", work)
    with Work() as work:
        work.input("a.jsonl", b"[" * 10**6 + b"\n" + b'{"x":' * 10**6 + b"\n" + line(event(1)))
        work.input("b.json", line(event(2)) + b"[" * (3 * MIB))
        summary = work.summary("--max-record", "64M")
        check("events", (summary["events"], summary["rejected"]), (2, {"bad_json": 3}))
        summary = work.summary()
        check("too deep comes first", summary["rejected"], {"bad_json": 2, "too_large": 1})


def test_a_long_string():
    """200 MB between two quotes: one dead letter, in bounded memory."""
    with Work() as work:
        path = work.input("a.jsonl", line(event(1)) + b'{"x":"')
        with open(path, "ab") as file:
            for _ in range(200):
                file.write(b"y" * MIB)
            file.write(b'"}\n' + line(event(2)))
        summary = work.summary("--memory", "32M")
        check("codes", (summary["events"], summary["rejected"]), (2, {"too_large": 1}))
        check("position", work.dead()[0]["source"]["offset"], len(line(event(1))))
        check_memory(summary, 128 * MIB)


def keys_of(kind, count):
    if kind == "in a row":
        return [b"k%06d" % i for i in range(count)]
    if kind == "alike":                 # of one length, differing in two letters that weigh the same
        return [b"".join((b"Aa", b"BB")[i >> b & 1] for b in range(17)) for i in range(count)]
    if kind == "the same":
        return [b"k"] * count
    return [b"\\u%04x" % (0x4e00 + i % 20000) + b"%d" % (i // 20000) for i in range(count)]


def test_many_keys():
    """A hundred thousand keys, in the maps that are kept, also such as collide in simple hashes."""
    for kind in ("in a row", "alike", "the same", "escaped"):
        members = b",".join(b'"' + k + b'":1' for k in keys_of(kind, 100_000))
        objects = b",".join(b'"' + k + b'":{"name":"x"}' for k in keys_of(kind, 100_000))
        with Work() as work:
            for name, inner in ((b"users", members), (b"extra", members), (b"plugins", objects),
                                (b"unread", members)):
                data = line(event(1)).rstrip()[:-1] + b',"' + name + b'":{' + inner + b"}}\n"
                work.input(name + b".jsonl", data)
            summary = work.summary("--max-record", "16M", deadline=60)
            check(f"{kind}: {summary['rejected']}", summary["events"], 4)


def test_a_million_keys():
    with Work() as work:
        inner = b",".join(b'"%d":%d' % (i, i) for i in range(10**6))
        work.input("a.json", b"{" + inner + b"}" + line(event(1)))
        check("events", work.summary("--max-record", "64M")["rejected"], {"hash_missing": 1})
        check("over the limit", work.summary()["rejected"], {"too_large": 1})


def test_many_small_things():
    """A file of ten thousand records a line of which is nothing, and ten thousand empty files."""
    with Work() as work:
        work.input("a.jsonl", b"\n" * 300_000 + line(event(1)) + b"\r\n" * 300_000)
        work.input("b.json", b" " * MIB + line(event(2)) + b"\t" * MIB)
        work.input("c.json", b"1 " * 10_000)
        for i in range(1000):
            work.input(f"{i % 7}/{i}.json", b"")
        summary = work.summary()
        check("codes", summary["rejected"], {"not_object": 10_000, "empty": 1000})
        check_against_oracle("small things", work)


main(globals())
