# SPDX-License-Identifier: Apache-2.0
"""Whole runs of the oracle on tiny trees, against results worked out by hand from the specification:
files, hours, gzip, splitting, fields, dead letters, keys, windows, mail."""
import base64
import gzip
import hashlib
import os
import shutil
import sys
import tempfile

import inputs
import oracle
import test_oracle
from projects import SideInputError
from test_oracle import check

HASH = "0b7c2f52-6a0e-4d0e-9b7e-3f6f2d1c9a01"
PROJECTS = (b'{"_id":"p1","hash":"0B7C2F52-6A0E-4D0E-9B7E-3F6F2D1C9A01","reasons":[{"slug":"slow",'
            b'"active":false}],"custom_fields":[{"key":"pro","type":"bool"},{"key":"n","type":"int"'
            b'},{"key":"s","type":"string"},{"key":"f","type":"float"},{"key":"d","type":"date"}],'
            b'"integrations":{"x":{"enabled":true}}}\n'
            b'{"_id":"p2","hash":"00000000-0000-0000-0000-000000000002","active":false}\n')
HOUR = "2026/11/23/10"
GOOD = b'{"hash":"' + HASH.encode() + b'","url":"a.com"}'


def event(more=b"", url=b"a.com"):
    return b'{"hash":"' + HASH.encode() + b'","url":"' + url + b'"' + more + b"}"


def run(tree, window=None, projects=PROJECTS, stores=None, **more):
    """Runs the oracle on {path: bytes}: (stores, result)."""
    top = tempfile.mkdtemp()
    try:
        for path, data in tree.items():
            full = os.path.join(top, "in", path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as file:
                file.write(data)
            os.utime(full, ns=(0, 1_795_000_000_123_999_999))
        with open(os.path.join(top, "p.jsonl"), "wb") as file:
            file.write(projects)
        return oracle.run(os.path.join(top, "in"), os.path.join(top, "p.jsonl"), window, stores,
                          **more)
    finally:
        shutil.rmtree(top)


def letters(result, *names):
    return [tuple(d[n] for n in ("code", *names)) for d in result.dead]


def one(more=b"", url=b"a.com", where=HOUR + "/x.json"):
    """The only history row of `sites`, with `reason_*` of the event beside it."""
    _, result = run({where: event(more, url)})
    check("one event", len(result.events), 1)
    return result.events[0]


def split(name, data):
    """[(code or "ok", offset, line, record)] of one file."""
    _, result = run({name: data})
    found = [(d["code"], d["offset"], d["line"], d["record"]) for d in result.dead]
    return len(result.events), found


def test_splitting():
    check("values in a row", split("a.json", GOOD + GOOD + b" 1" + GOOD),
          (3, [("not_object", 2 * len(GOOD) + 1, 1, 2)]))
    size = len(GOOD)
    check("vertical tab between values", split("a.json", GOOD + b"\x0b\x0c" + GOOD), (2, []))
    check("rest is one letter", split("a.json", GOOD + b"\n}" + GOOD),
          (1, [("bad_json", size + 1, 2, 1)]))
    check("string then scalar", split("a.json", b'"a"1'),
          (0, [("not_object", 0, 1, 0), ("not_object", 3, 1, 1)]))
    check("truefalse", split("a.json", b"truefalse " + GOOD), (0, [("bad_json", 0, 1, 0)]))
    check("lines", split("a.jsonl", b"\n \r\n" + GOOD + b"\r\n\x0b\x0c\nx\n" + GOOD),
          (2, [("bad_json", size + 9, 5, 1)]))
    check("two on a line", split("a.ndjson", GOOD + b" " + GOOD), (0, [("bad_json", 0, 1, 0)]))
    check("empty", split("a.json", b""), (0, [("empty", 0, 1, 0)]))
    check("white", split("a.jsonl", b" \n\n\x0b"), (0, [("empty", 0, 1, 0)]))
    check("only a BOM", split("a.json", b"\xef\xbb\xbf"), (0, [("empty", 0, 1, 0)]))
    check("BOM", split("a.json", b"\xef\xbb\xbf" + GOOD), (1, []))
    check("BOM counts in the offset", split("a.jsonl", b"\xef\xbb\xbf1\n" + GOOD),
          (1, [("not_object", 3, 1, 0)]))
    check("second BOM", split("a.json", b"\xef\xbb\xbf" * 2), (0, [("bad_json", 3, 1, 0)]))
    check("CR ends no line", split("a.jsonl", b"1\r2\n3"),
          (0, [("bad_json", 0, 1, 0), ("not_object", 4, 2, 1)]))


def test_size():
    big = b'{"a":"' + b"x" * inputs.MAX_RECORD + b'"}'
    fits = b'{"a":"' + b"x" * (inputs.MAX_RECORD - 8) + b'"}'
    check("just fits", split("a.json", b" " + fits + b" "), (0, [("hash_missing", 1, 1, 0)]))
    check("well-formed costs itself", split("a.json", big + GOOD), (1, [("too_large", 0, 1, 0)]))
    check("big line", split("a.jsonl", b"x" * (inputs.MAX_RECORD + 1) + b"\n" + GOOD),
          (1, [("too_large", 0, 1, 0)]))
    check("long line, short record", split("a.jsonl", b" " * 2_000_000 + GOOD), (1, []))
    check("broken and big", split("a.json", big[:-2] + b"\n" + GOOD), (0, [("too_large", 0, 1, 0)]))
    _, result = run({"a.json": big, "b.json": b"x" * 65536, "c.json": b"x" * 65537})
    check("raw cut", letters(result, "raw_truncated"),
          [("too_large", True), ("bad_json", False), ("bad_json", True)])
    check("64 KiB", len(base64.b64decode(result.dead[0]["raw"])), 65536)


def test_gzip():
    zipped = gzip.compress(GOOD + b"\n" + GOOD + b"\n")
    check("plain name", split("a.json", zipped), (2, []))
    check("twice", split("a.jsonl", gzip.compress(zipped)), (2, []))
    check("thrice", split("a.json", gzip.compress(gzip.compress(zipped)))[1],
          [("bad_json", 0, 1, 0)])
    check("members", split("a.json.gz", zipped + zipped), (4, []))
    after = 2 * len(GOOD) + 2
    check("junk behind", split("a.json.gz", zipped + b"\0"), (2, [("bad_gzip", after, 3, 2)]))
    check("magic only", split("a.json", b"\x1f\x8b"), (0, [("bad_gzip", 0, 1, 0)]))
    check("one byte", split("a.json", b"\x1f"), (0, [("bad_json", 0, 1, 0)]))
    check("bad crc", split("a.jsonl", zipped[:-8] + b"\0" * 8), (2, [("bad_gzip", after, 3, 2)]))
    check("empty", split("a.json.gz", gzip.compress(b" ")), (0, [("empty", 0, 1, 0)]))
    check("empty but broken", split("a.json.gz", gzip.compress(b" ")[:-1]),
          (0, [("bad_gzip", 1, 1, 0)]))
    stored = gzip.compress(GOOD + b"\n" + GOOD, 0)
    check("no newline came out", split("a.jsonl", stored[:-8]),
          (1, [("bad_gzip", len(GOOD) + 1, 2, 1)]))
    check("complete value", split("a.json", stored[:-8]), (2, [("bad_gzip", 2 * len(GOOD) + 1, 2, 2)]))
    check("cut value", split("a.json", stored[:-9]), (1, [("bad_gzip", len(GOOD) + 1, 2, 1)]))
    check("scalar at the end", split("a.json", gzip.compress(GOOD + b" 12", 0)[:-8]),
          (1, [("bad_gzip", len(GOOD) + 1, 1, 1)]))
    check("syntax error belongs to it", split("a.json", gzip.compress(b"} " + GOOD)[:-1]),
          (0, [("bad_gzip", 0, 1, 0)]))
    check("bad line does not", split("a.jsonl", gzip.compress(b"}\n" + GOOD + b"\n")[:-1])[1][0],
          ("bad_json", 0, 1, 0))


def test_files():
    tree = {"a.json": GOOD, "a/b.json": GOOD, "a-b.ndjson.gz": GOOD, ".h.json": GOOD,
            "_d/x.json": GOOD, "x.JSON": GOOD, "x.txt": GOOD, "x.json.gz.gz": GOOD, "json": GOOD}
    _, result = run(tree)
    check("order is of the whole path", [e["event_id"] for e in result.events],
          ["f-" + hashlib.sha256(p + b"\n0").hexdigest()[:32]
           for p in (b"a-b.ndjson.gz", b"a.json", b"a/b.json")])
    check("skipped", result.skipped, 6)
    check("mtime is cut", result.events[0]["deactivated_at"], 1_795_000_000_123)
    for directory, rel, ms, path in (
            (b"/x", b"2026/11/23/10/a.json", 1795428000000, b"2026/11/23/10/a.json"),
            (b"/x/2026/11", b"23/10/s/a.json", 1795428000000, b"2026/11/23/10/s/a.json"),
            (b"/2026/11/23/10", b"a.json", 1795428000000, b"2026/11/23/10/a.json"),
            (b"/2026/11/23/10", b"2026/13/23/10/a.json", None, b"2026/13/23/10/a.json"),
            (b"/x", b"2026/02/29/10/a.json", None, b"2026/02/29/10/a.json"),
            (b"/x", b"2026/11/23/24/a.json", None, b"2026/11/23/24/a.json"),
            (b"/x", b"2026/11/23/10", None, b"2026/11/23/10"),
            (b"/x", b"2026/11/23/9/a.json", None, b"2026/11/23/9/a.json"),
            (b"/2020/01/01/00", b"2026/11/23/10/a.json", 1795428000000, b"2026/11/23/10/a.json")):
        check(f"hour of {directory} {rel}", inputs.folder_hour(directory, rel), (ms, path))
    _, result = run({HOUR + "/a.json": GOOD, "2026/11/23/11/b.json": GOOD, "c.json": GOOD},
                    "2026-11-23T10")
    check("only the window", (result.files, len(result.events)), (1, 1))


def test_identity():
    for more, code in ((b'{}', "hash_missing"), (b'{"hash":" "}', "hash_missing"),
                       (b'{"hash":{}}', "hash_missing"), (b'{"hash":"x"}', "hash_format"),
                       (b'{"hash":"00000000-0000-0000-0000-000000000009"}', "unknown_project"),
                       (b'{"hash":"00000000-0000-0000-0000-000000000002"}', "inactive_project"),
                       (b'{"hash":"' + HASH.upper().encode() + b'"}', "bad_url"),
                       (event(b',"reason_id":"what"'), "unknown_reason"), (b"[1]", "not_object")):
        _, result = run({"a.json": more})
        check(f"{more}", letters(result), [(code,)])
    check("inactive reason is good", one(b',"reason_id":"slow"')["valid_reason"], True)
    check("no reason", one()["warnings"], ["reason_missing"])
    stores, _ = run({"a.json": event(b',"reason_id":"what"')})
    check("branches", [len(t) for t in stores.tables().values()], [0, 1, 0, 1, 0])


def test_times():
    def at(sent, where=HOUR + "/x.json"):
        found = one(b',"reason_id":"none","_collector":{"received_at":' + sent + b"}", where=where)
        return found["deactivated_at"], found["window_start"], found["warnings"]
    hour = 1795428000000
    check("good", at(b'"2026-11-23T10:14:07.4129Z"'), (hour + 847412, hour, []))
    check("24 h later", at(b'"2026-11-24T10:00:00Z"'), (hour + 86400000, hour, []))
    check("24 h before", at(b'"2026-11-22T10:00:00Z"'), (hour - 86400000, hour, []))
    check("too late", at(b'"2026-11-24T10:00:00.001Z"'), (hour, hour, ["received_at"]))
    check("bad", at(b'"yesterday"'), (hour, hour, ["received_at"]))
    check("null", at(b"null"), (hour, hour, []))
    check("no folder", at(b'"2001-01-01T05:30:00Z"', "x.json"),
          (978327000000, 978325200000, []))
    check("modification time", at(b'"x"', "x.json"), (1795000000123, 1794999600000, []))


def test_fields():
    def found(name, more, warnings=None, url=b"a.com"):
        got = one(b',"reason_id":"none",' + more, url)
        return got[name] if warnings is None else (got[name], got["warnings"])
    check("first of", found("admin_email", b'"admin_email":"","user_email":" A@B.C "'), "a@b.c")
    check("first bad", found("admin_email", b'"admin_email":"x","user_email":"a@b.c"', 1),
          (None, ["email"]))
    check("second not looked at", found("project_version", b'"project_version":"1","version":{}', 1),
          ("1", []))
    check("second looked at", found("project_version", b'"project_version":{},"version":[]', 1),
          (None, ["cast:project_version", "cast:version"]))
    for more, ip, warned in ((b'"ip_address":"1.2.3.4"', "1.2.3.4", []),
                             (b'"ip_address":"x"', None, ["ip"]), (b'"ip_address":""', None, []),
                             (b'"ip_address":"x","_collector":{"remote_ip":"y"}', None, []),
                             (b'"ip_address":"::1","_collector":{"remote_ip":"y"}', "::1", []),
                             (b'"ip_address":{},"_collector":{"remote_ip":"::2"}', "::2", []),
                             (b'"_collector":"x"', None, [])):
        check(f"ip {more}", found("ip", more, 1), (ip, warned))
    check("id over 128", found("event_id", b'"_collector":{"request_id":"' + b"x" * 129 + b'"}'),
          "f-" + hashlib.sha256(b"2026/11/23/10/x.json\n0").hexdigest()[:32])
    check("id", found("event_id", b'"_collector":{"request_id":7}'), "7")
    check("map", found("locale", b'"wp":"x"', 1), (None, ["cast:wp"]))
    check("users", found("users", b'"users":{"total":"3","b":"1","a":2,"x":"n","y":null,"z":"","b":5}',
                         1), ('{"a":2,"b":5}', ["cast:users.x"]))
    check("no castable", found("users", b'"users":{"total":1}'), "{}")
    check("plugins", found("plugins", b'"plugins":{"p":{"name":1,"version":{}},"q":"x","r":null,"s":{}}',
                           1), ('[{"slug":"p","name":"1","version":null},'
                                '{"slug":"s","name":null,"version":null}]',
                                ["cast:plugins.p.version", "cast:plugins.q"]))
    check("no plugins", found("plugins", b'"plugins":{}'), "[]")
    many = b'"plugins":{' + b",".join(b'"%d":{}' % i for i in range(500))
    check("500", found("warnings", many + b',"n":null}'), [])
    check("501", found("warnings", many + b',"n":5}'), ["truncated:plugins"])
    check("custom", found("custom_fields", b'"extra":{"d":"2024-02-29","s":" x ","f":"1e5","n":"+07",'
                          b'"pro":"","z":1,"y":null}', 1),
          ('{"pro":false,"n":7,"s":"x","f":1e5,"d":"2024-02-29"}', ["undeclared:extra.z"]))
    check("custom failing", found("custom_fields", b'"extra":{"d":" 2024-02-29","f":1e400,"n":"x",'
                                  b'"s":"","pro":2}', 1),
          (None, ["cast:extra.d", "cast:extra.f", "cast:extra.n", "cast:extra.pro"]))
    check("url", found("url", b'"x":1', url=b" a.com?x=1&amp;y "), "a.com?x=1&y")
    check("url cut", found("site_url", b'"x":1', url=b"a.com/" + b"x" * 3000), "a.com/" + "x" * 2042)
    check("utf8", found("site_name", b'"site":"\xff"', 1), ("\ufffd", ["utf8"]))
    check("utf8 unread", found("warnings", b'"zzz":{"\\ud800":1}'), ["utf8"])


def test_keys():
    later = event(b',"_collector":{"request_id":"i","received_at":"2026-11-23T11:00:00Z"}')
    other = event(b',"reason_id":"what","_collector":{"request_id":"i"}')
    stores, _ = run({HOUR + "/a.json": later, HOUR + "/b.json": other})
    check("per output", [len(t) for t in stores.tables().values()], [1, 1, 1, 1, 0])
    check("last in input", stores.history_sites["2026-11-23T10:00:00.000Z", "i"]["deactivated_at"],
          "2026-11-23T10:00:00.000Z")
    check("latest", next(iter(stores.latest_sites.values()))["deactivated_at"],
          "2026-11-23T11:00:00.000Z")
    run({HOUR + "/a.json": other}, "2026-11-23T10", stores=stores)
    check("window replaced", [len(t) for t in stores.tables().values()], [0, 1, 1, 1, 0])
    check("older does not replace", next(iter(stores.latest_sites.values()))["deactivated_at"],
          "2026-11-23T11:00:00.000Z")
    run({"a.json": GOOD}, stores=stores)
    check("upsert", [len(t) for t in stores.tables().values()], [1, 2, 1, 1, 0])


def test_mail():
    for more, url, rows in ((b',"admin_email":"a@b.c"', b"x.com", 1), (b"", b"x.com", 0),
                            (b',"admin_email":"a@b.c","is_local":"1"', b"x.com", 0),
                            (b',"admin_email":"a@b.c","is_local":"0"', b"x.com", 1),
                            (b',"admin_email":"a@b.c","reason_id":"what"', b"x.com", 1),
                            (b',"admin_email":"a@b.c"', b"x.test", 0),
                            (b',"admin_email":"a@example.org"', b"x.com", 0)):
        stores, _ = run({"a.json": event(more, url)})
        check(f"mail {more}", len(stores.mail_outbox), rows)


def test_projects():
    def refused(text):
        try:
            run({"a.json": GOOD}, projects=text)
        except SideInputError:
            return True
        return False
    good = PROJECTS.splitlines(keepends=True)[0]
    for text in (b"", b"\n", good + good, good + good.lower(), good + b"{", good + b"1",
                 b'{"_id":"p"}', good.replace(b'"int"', b'"money"'), good[:-9],
                 good.replace(b'"key":"n"', b'"key":"pro"')):
        check(f"side input {text[:30]}", refused(text), True)
    check("good", refused(good), False)


def main():
    for test in (test_splitting, test_size, test_gzip, test_files, test_identity, test_times,
                 test_fields, test_keys, test_mail, test_projects):
        test()
    print(*test_oracle.failures, sep="\n", end="\n" if test_oracle.failures else "")
    print(f"{test_oracle.checked} checks, {len(test_oracle.failures)} failed")
    return 1 if test_oracle.failures else 0


if __name__ == "__main__":
    sys.exit(main())
