# SPDX-License-Identifier: Apache-2.0
"""Every code a record can be rejected with, at its exact position: uri, byte offset, line and record of
the value's first byte in the inflated file. Worked out by hand here, and by the oracle beside it."""
import base64
import gzip
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import check, check_in, main, program, run
from http_server import Answer, Server
from product import (HASH, HASH_OFF, HOUR, WINDOW, Work, check_against_oracle, event, letter, line)

OK = line(event(1))
LIMIT = 1 << 20
BLANK = b"\n \t\r\n"


def bad(**members):
    return line(event(7, **members))


def without(name):
    value = event(8)
    del value[name]
    return line(value)


def found(work):
    """[(code, name of the file, offset, line, record)] of the dead letters."""
    top = len(work.path("in", HOUR, ""))
    return [(d["code"], d["source"]["uri"][top:], *(d["source"][k] for k in
                                                   ("offset", "line", "record")))
            for d in work.dead()]


def one(name, data, *want):
    """The dead letters of one file, by hand and by the oracle; returns them."""
    with Work() as work:
        work.input(name, data)
        summary = work.summary()
        check(f"letters of {name}", found(work), [(code, name, *at) for code, *at in want])
        check_against_oracle(name, work)
        check("rejected", sum(summary["rejected"].values()), len(want))
        check("it adds up", summary["adds_up"])
        return work.dead()


def test_empty():
    for name, data in (("a.json", b""), ("b.jsonl", BLANK), ("c.json", b"\xef\xbb\xbf \n"),
                       ("d.ndjson.gz", gzip.compress(b""))):
        dead = one(name, data, ("empty", 0, 1, 0))
        check("no raw", dead[0].get("raw"), None)


def test_bad_gzip():
    whole = gzip.compress(OK * 3)
    dead = one("cut.jsonl.gz", whole[:-8], ("bad_gzip", 3 * len(OK), 4, 3))
    check("nothing is left over", dead[0]["raw"], "")
    one("tail.jsonl.gz", whole + b"tail", ("bad_gzip", 3 * len(OK), 4, 3))
    one("crc.json.gz", whole[:-8] + b"\0\0\0\0" + whole[-4:], ("bad_gzip", 3 * len(OK), 4, 3))
    one("half.json.gz", gzip.compress(OK + b'{"half":')[:-1],
        ("bad_gzip", len(OK), 2, 1))
    one("head.jsonl.gz", b"\x1f\x8b\x08", ("bad_gzip", 0, 1, 0))


def test_too_large():
    big = b'{"x":"' + b"y" * LIMIT + b'"}'
    dead = one("a.jsonl", OK + b"  " + big + b"  \n" + OK, ("too_large", len(OK) + 2, 2, 1))
    check("64 KiB are kept", base64.b64decode(dead[0]["raw"]), big[:64 << 10])
    check("and that there was more", dead[0]["raw_truncated"])
    one("b.json", OK + big + OK, ("too_large", len(OK), 2, 1))
    one("c.json", OK + big[:-1] + b"!" + OK, ("too_large", len(OK), 2, 1))
    one("just.jsonl", big[:-10] + b'"}\n', ("hash_missing", 0, 1, 0))


def test_bad_json():
    dead = one("a.jsonl", OK + BLANK + b" {\"a\":01} \n" + OK,
               ("bad_json", len(OK + BLANK) + 1, 4, 1))
    check("the bytes", base64.b64decode(dead[0]["raw"]), b'{"a":01}')
    one("b.json", OK + b"  {]" + OK * 2, ("bad_json", len(OK) + 2, 2, 1))
    deep = b"[" * 1100 + b"]" * 1100 + b"\n"
    one("deep.jsonl", deep + OK, ("bad_json", 0, 1, 0))


def test_not_object():
    dead = one("a.json", b'\xef\xbb\xbf[1]' + OK + b'"s" 7 null',
               ("not_object", 3, 1, 0), ("not_object", 6 + len(OK), 2, 2),
               ("not_object", 10 + len(OK), 2, 3), ("not_object", 12 + len(OK), 2, 4))
    check("elements", [d["element"] for d in dead], [[1], "s", 7, None])


def test_codes_of_records():
    rejected = [("hash_missing", without("hash")), ("hash_missing", bad(hash=" ")),
                ("hash_format", bad(hash="0b7c2f52")), ("hash_format", bad(hash=HASH + "0")),
                ("unknown_project", bad(hash=HASH.replace("0", "f"))),
                ("inactive_project", bad(hash=HASH_OFF)), ("bad_url", without("url")),
                ("bad_url", bad(url="ftp://x.org")), ("bad_url", bad(url="https://a b/")),
                ("unknown_reason", bad(reason_id="no-such")),
                ("hash_missing", bad(hash=None, url="", reason_id="x"))]
    data, want = OK, []
    for number, (code, record) in enumerate(rejected, 1):
        want.append((code, len(data), number + 1, number))
        data += record
    dead = one("a.jsonl", data + OK, *want)
    check_in("the element is the record", "Shop 8", str(dead[0]["element"]))
    check("stages are named", all(d["stage"] for d in dead))
    check("so are places in the source", all(d["site"].rpartition(":")[2].isdigit() for d in dead))


def test_mail_failed():
    with Work() as work, Server(lambda *_: Answer(400, body=b"no such list")) as server:
        work.input("a.jsonl", OK + line(event(2, admin_email="a@example.com")))
        summary = work.summary("--mail-endpoint", server.url)
        check("letters", found(work), [("mail_failed", "a.jsonl", 0, 1, 0)])
        check("it is an event all the same", summary["events"], 2)
        check_in("what the server said", "no such list", work.dead()[0]["message"])


def test_the_shape_of_a_dead_letter():
    with Work() as work:
        work.input("sub/a.jsonl", OK + b"{\n")
        work.run(run_id="r-1")
        dead = work.dead()[0]
        check("file", os.listdir(work.path("dead")), ["r-1.jsonl"])
        check("members", sorted(dead), sorted(
            "v run pipeline stage code message site source attempts seen_at raw raw_truncated"
            .split()))
        check("v", (dead["v"], dead["run"], dead["pipeline"]), (1, "r-1", "deactivate"))
        check("seen at", dead["seen_at"], "2026-08-20T04:00:00.000Z")
        check("uri", dead["source"]["uri"], work.path("in", HOUR, "sub/a.jsonl"))
        check("letter", letter(dead)[1:6], (len(OK), 2, 1, "bad_json", 1))


def test_every_code_is_known():
    done = run([program("deactivate"), "list", "codes", "--json"])
    codes = {c["name"] for c in json.loads(done.out)}
    wanted = set("empty bad_gzip too_large bad_json not_object hash_missing hash_format bad_url "
                 "unknown_project inactive_project unknown_reason mail_failed sink_row".split())
    check("codes", wanted - codes, set())


def test_positions_do_not_depend_on_who_reads():
    """Bundles, workers, windows and a file of many splits leave the same positions."""
    with Work() as work:
        many = (OK + b"{\n" + bad(hash="x") + BLANK) * 3000
        work.input("a.jsonl", many)
        work.run("--workers", "1")
        first = work.dead()
        check("count", len(first), 6000)
        for options in (("--workers", "4"), ("--workers", "3", "--bundle", "1"),
                        ("--bundle", "7", "--window", WINDOW)):
            work.run(*options)
            check(f"{options}", work.dead(), first)


main(globals())
