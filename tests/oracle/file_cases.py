# SPDX-License-Identifier: Apache-2.0
"""Hostile files, trees and sequences of runs, written by hand; see cases.py."""
import cases
from cases import HOUR, Records, Scenario, squeeze

BAD_JSON = [b"01", b"1.e", b"1.", b"-", b"+1", b".5", b"truefalse", b"nul", b"True", b"{,}", b"[1,]",
            b"{'a':1}", b'{"a" 1}', b'{"a":1,}', b'{"a":"\x01"}', b'{"a":"\t"}', b'{"a":"\\x"}',
            b'{"a":"\\u12g4"}', b'{"a":"\\u123"}', b'{"a":"abc', b"{", b"[", b"]", b"}", b",", b":",
            b'{"a":1}}', b"\xff", b'{"a":1\xff}', b'{"a":NaN}', b'{"a":Infinity}', b'{"a":1 "b":2}',
            b'{"a":\x0b1}', b'{"a":\x0c1}', b'{"a":\xc2\xa01}', b"[1 2]", b"/**/{}", b"{}//x",
            b'{"a":01}', b'{"a":1e}', b'{"a":1e+}', b'{"a":-a}', b'{"a":[}', b'{"a":{]}', b'{1:2}',
            b'{null:2}', b'{"a"}', b'{"a":}', b'{:1}', b"\x00", b'{"a":"\x00"}', b'{}\x00',
            b'{"a":"\\', b'{"a":"\\u', b'{"a":tru}', b'{"a":truee}', b'{"a":"x"y}', b"\xef\xbb\xbf1",
            b'"abc', b'"a\nb"', b"1,2", b"1]", b'{"a":1},{"b":2}', b"\xe2\x80\xa8{}", b"{\xef\xbb\xbf}",
            b'{"unread":{"deep":[1,2,{"x":"\\q"}]}}', b"--1", b"1-", b"1.2.3", b"1e1e1", b"0x10",
            b"00", b"-01", b"1_000", b"[" * 1025 + b"]" * 1025, b'{"a":' * 1024 + b"[]" + b"}" * 1024]
ODD_JSON = [b"1", b"-0", b"true", b"null", b'"text"', b"[]", b'[{"hash":"x"}]', b"{}", b"1E400",
            b'"\xff"', b'"\\ud800"', b"[" * 1024 + b"]" * 1024, b"{ }", b'{"a":-0.0E-0}',
            b'{"hash":null}', b'{"a":' * 1023 + b"[]" + b"}" * 1023, b'{"\xff":1}',
            b'{"\\u0000":"\\u0000"}', b'[9007199254740993,1e999,"\\/"]', b"0", b"0.0", b"1e5"]


def good(prefix, count=3):
    """Records without an id of their own, so that the place they come from shows in every row."""
    records = Records(prefix)
    for _ in range(count):
        records.add(("_collector", b"null"))
    return records.list


def syntax_cases():
    tree = {}
    for i, bad in enumerate(BAD_JSON + ODD_JSON):
        first, second, third = good(f"syn{i}")
        tree[f"{HOUR}/l{i:03}.jsonl"] = b"\n".join([first, bad.replace(b"\n", b"?"), second, third])
        tree[f"{HOUR}/v{i:03}.json"] = first + b"\n " + bad + b"\n" + second + third
        tree[f"{HOUR}/e{i:03}.json"] = first + bad
        tree[f"{HOUR}/o{i:03}.json"] = bad
    return Scenario("syntax", tree)


def separator_cases():
    one, two, three = good("sep")
    blanks = b" \t\r\x0b\x0c"
    tree = {"a.json": one + two + three, "b.json": blanks + b"\n" + one + blanks + two + b"\n\n",
            "c.jsonl": one + b"\r\n\r\n" + blanks + two + blanks + b"\n\n\n" + three,
            "d.jsonl": one + b" " + two + b"\n" + three, "e.jsonl": one + b"\r" + two,
            "f.json": b'1{}2[]3"x"4 5\n6', "g.json": b'{}1{}true[]false"a"null', "h.json": b'"a"1"b"2',
            "i.json": b"1 2 3,", "j.json": b"1\x0b2\x0c3", "k.jsonl": b"1 2\n1{}\n{}1\n[]\n3",
            "l.jsonl": b"\xef\xbb\xbf\n\n" + one, "m.jsonl": b"\xef\xbb\xbf" + one + b"\n" + b"x",
            "n.json": b"\xef\xbb\xbf" + one + b"x", "o.json": b"\xef\xbb\xbf\xef\xbb\xbf" + one,
            "p.jsonl": b"\xef\xbb\xbf\xef\xbb\xbf1\n" + one, "q.json": b"\xef\xbb\xbf",
            "r.jsonl": b"", "s.json": blanks + b"\n", "t.ndjson": b"\n\n\n", "u.json": b"\xef\xbb",
            "v.json": b"\xef\xbb\xbf \n\x0b", "w.jsonl": one + b"\n\xef\xbb\xbf" + two + b"\n",
            "x.jsonl": b"\n" * 1000 + b"x\n" * 3 + one, "y.json": b"\n" * 1000 + one + b"\nx\n" * 3,
            "z.json": b"\xff\xfe{\x00}\x00"}
    return Scenario("separators", {f"{HOUR}/{k}": v for k, v in tree.items()})


def size_cases():
    limit = 1 << 20
    one, two, _ = good("size")

    def sized(n, mark=b"x"):
        return b'{"a":"' + mark * (n - 8) + b'"}'
    tree = {"a.json": sized(limit) + sized(limit + 1) + one, "b.json": sized(limit - 1) + two,
            "c.jsonl": b" " * limit + sized(limit) + b"\t\r\n" + sized(limit + 1) + b"\n" + one,
            "d.jsonl": b"x" * (limit + 1) + b"\n" + two, "e.jsonl": b"x" * limit + b"\n" + two,
            "f.json": sized(limit * 2)[:-2] + b"\n" + one, "g.json": sized(limit // 2)[:-2] + b"\n",
            "h.json": b'"' + b"y" * limit + b'"' + one, "i.json": b"[" + b"1," * limit + b"1]" + one,
            "j.json": b"1" * (limit + 5) + b" " + two, "k.json": b"[" * (limit * 2),
            "l.json": b"{}" * 3000 + one, "m.jsonl.gz": squeeze(sized(limit + 1) + b"\n" + two),
            "n.json.gz": squeeze(sized(3 * limit, b"\\n")[:-2]), "o.jsonl": sized(3 * limit),
            "p.json": b'{"a":[' + b'{"b":1},' * (limit // 4) + b'{"c":}]}' + one,
            "q.json": b"x" * 65536, "r.json": b"x" * 65537, "s.jsonl": b"x" * 65536 + b"\n" + b"y" * 65537}
    return Scenario("sizes", {f"{HOUR}/{k}": v for k, v in tree.items()})


def gzip_cases():
    records = good("gz", 8)
    lines, values = b"\n".join(records) + b"\n", b" ".join(records)
    tree = {}
    for name, data in (("l.jsonl", lines), ("v.json", values), ("n.ndjson.gz", lines),
                       ("s.json.gz", b"".join(records))):
        stem, _, end = name.partition(".")
        for level in (0, 9):
            whole = squeeze(data, level)
            tree[f"{stem}{level}-whole.{end}"] = whole
            tree[f"{stem}{level}-twice.{end}"] = squeeze(whole)
            tree[f"{stem}{level}-thrice.{end}"] = squeeze(squeeze(whole))
            tree[f"{stem}{level}-members.{end}"] = whole + squeeze(b"\n" + data[:50]) + squeeze(data[50:])
            tree[f"{stem}{level}-junk.{end}"] = whole + b"\0"
            tree[f"{stem}{level}-magic.{end}"] = whole + b"\x1f\x8b"
            tree[f"{stem}{level}-half.{end}"] = whole + b"\x1f"
            tree[f"{stem}{level}-second.{end}"] = whole + whole[:-40]
            tree[f"{stem}{level}-crc.{end}"] = whole[:-8] + bytes(b ^ 255 for b in whole[-8:])
            tree[f"{stem}{level}-size.{end}"] = whole[:-4] + b"\0\0\0\0"
            for i, at in enumerate(cut_points(len(whole))):
                tree[f"{stem}{level}-cut{i:02}.{end}"] = whole[:at]
                tree[f"{stem}{level}-flip{i:02}.{end}"] = flip(whole, at - 1)
                tree[f"{stem}{level}-outer{i:02}.{end}"] = cut_outer(whole, i)
                tree[f"{stem}{level}-inner{i:02}.{end}"] = squeeze(whole[:at])
    return Scenario("gzip", {f"{HOUR}/{k}": v for k, v in tree.items()})


def cut_outer(whole, i):
    outer = squeeze(whole, 0)
    points = cut_points(len(outer))
    return outer[:points[i % len(points)]]


def flip(data, at):
    return data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1:]


def cut_points(size):
    return sorted({2, 3, 9, 10, 11, 12, 15, 16, size - 1, size - 4, size - 8, size - 9, size - 10}
                  | {size * i // 17 for i in range(1, 17)})


def odd_gzip_cases():
    one, two, three = good("ogz")
    tree = {"a.json": b"\x1f\x8b", "b.json": b"\x1f", "c.jsonl": b"\x1f\x8b\x08",
            "d.json.gz": one, "e.jsonl.gz": one + b"\n" + two, "f.json": squeeze(b""),
            "g.jsonl.gz": squeeze(b" \n\x0b"), "h.json": squeeze(b"\xef\xbb\xbf" + one),
            "i.json": b"\xef\xbb\xbf" + squeeze(one), "j.json": squeeze(b"\xef\xbb\xbf"),
            "k.json": squeeze(b"")[:-1], "l.json": squeeze(b" \n ")[:-1],
            "m.json": squeeze(one + b" 12", 0)[:-8], "n.json": squeeze(one + b" 12 ", 0)[:-8],
            "o.json": squeeze(b"} " + one)[:-1], "p.jsonl": squeeze(b"}\n" + one + b"\n" + two)[:-1],
            "q.json": squeeze(one + b"truefalse" + two)[:-1], "r.json": squeeze(one + b"\n \n")[:-1],
            "s.jsonl": squeeze(one + b"\n \n  ")[:-1], "t.json": squeeze(one) + squeeze(two),
            "u.json": squeeze(one[:30]) + squeeze(one[30:] + b"\n") + squeeze(b""),
            "v.json": squeeze(squeeze(three)[:-1] + b"xx"), "w.json": squeeze(b"\x1f\x8b"),
            "x.json": squeeze(b"\x1f"), "y.json": squeeze(squeeze(one)) + b"x",
            "z.json": squeeze(squeeze(one) + squeeze(two)),
            "za.json": squeeze(b'{"a":"' + b"x" * (1 << 20) + b'"} ' + one)[:-1],
            "zb.jsonl": squeeze(b"x" * (1 << 20) + b"yy\n" + one + b"\n")[:-1],
            "zc.jsonl": squeeze(one + b"\n" + b"x" * (3 << 20))[:-1],
            "zd.json": b"\x1f\x8b\x09" + squeeze(one)[3:], "ze.json": b"\x1f\x8b\x08\xe0" + b"\0" * 20}
    return Scenario("odd-gzip", {f"{HOUR}/{k}": v for k, v in tree.items()})


def tree_cases():
    names = ["a.json", "a.jsonl", "a.ndjson", "a.json.gz", "a.jsonl.gz", "a.ndjson.gz", "a.JSON",
             "a.Json", "a.txt", "a.json.bak", "a.json.gz.gz", "json", "x.gz", ".hid.json",
             "_hid.json", ".d/a.json", "_d/a.json", "_d/b/c.json", "d.json/a.json", "d/a.json",
             "d-a.json", "d.a.json", "d/.x/a.json", "d/e/a.json", "d/e.json", "D/a.json",
             "é.json", b"\xff\xfe.json", "sp ace.json", "q\"uote'.json", "back\\slash.json",
             "new\nline.json", "a,b.json", "2026/11/23/11/x.json", "2026/11/23/24/x.json",
             "2026/02/29/10/x.json", "2024/02/29/10/x.json", "2026/13/01/10/x.json",
             "2026/11/23/1/x.json", "2026/11/23/x.json", "02026/11/23/10/x.json",
             "2026/11/23/10/2026/11/23/11/x.json", "2026/11/23/10/2026/11/23/25/x.json",
             "2026/11/23/10/11/x.json", "2026/11/23/10/s/t/x.json", "0000/01/01/00/x.json",
             "9999/12/31/23/x.json", "1999/12/31/23/x.json", "2026/11/23/10/12.json/x.json",
             "2026/11/23/10/.x/y.json", "deactivate/2026/11/23/09/1795425600000-id.json"]
    tree = {}
    for i, name in enumerate(names):
        tree[name] = b"\n".join(good(f"tree{i}", 2))
    tree |= {"links/file.json": ("link", "../a.json"), "links/loop": ("link", ".."),
             "links/dangling.json": ("link", "nowhere.json"), "links/self.json": ("link", "self.json"),
             "links/pipe.json": ("fifo",), "empty": ("dir",), "links/2026/11/23/08/l.json":
             ("link", "../../../../../a.json")}
    runs = [("", None), ("", "2026-11-23T10"), ("", "2026-11-23T11"), ("2026/11/23/10", None),
            ("2026/11", "2026-11-23T10"), ("a.txt", None), ("2026/11/23/10/s/t/x.json", None),
            ("a.jsonl.gz", None), ("2026/11/23/10", "2026-11-23T12"), ("", None)]
    return Scenario("trees", tree, runs=runs)


def key_cases():
    """Equal keys within a file, across files and across runs; older and newer; both branches."""
    tree, count = {}, 0
    for path in ("2026/11/23/10/a.jsonl", "2026/11/23/10/b.jsonl", "2026/11/23/11/a.jsonl",
                 "2026/11/23/10.jsonl", "free.jsonl", "a/2026/11/23/10/z.jsonl"):
        records = Records(f"k{count}")
        for i in range(60):
            count += 1
            at = f"2026-11-23T{(count * 7) % 24:02}:{(count * 13) % 60:02}:00Z"
            collector = [("request_id", f"id-{count % 17}"), ("received_at", at)]
            records.add(("url", f"site{count % 5}.de"), ("first_name", f"n{count}"),
                        ("reason_id", ("other", "unknown", "none")[count % 3]),
                        ("is_local", b"1" if count % 4 == 0 else b"0"), collector=collector)
        tree[path] = records.lines()
    runs = [("", "2026-11-23T10"), ("", "2026-11-23T11"), ("", None), ("", "2026-11-23T10"),
            ("2026/11/23/11", None), ("a", None), ("2026", None), ("free.jsonl", None)]
    return Scenario("keys", tree, runs=runs)


def all_scenarios():
    return [syntax_cases(), separator_cases(), size_cases(), gzip_cases(), odd_gzip_cases(),
            tree_cases(), key_cases()]


if __name__ == "__main__":
    print(sum(len(s.tree) for s in cases.all_scenarios()), "files")
