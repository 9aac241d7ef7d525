# SPDX-License-Identifier: Apache-2.0
"""The oracle against expectations worked out by hand from the specification, line by line. An oracle
that nobody checked would only move the mistakes. Whole runs are in test_oracle_runs.py."""
import hashlib
import sys

import rules
import urls
from jsontext import JsonError, Number, Parser, decode_utf8, parse_one, quote, write
from rules import Warnings

failures = []
checked = 0


def check(what, got, expected):
    global checked
    checked += 1
    if got != expected or type(got) is not type(expected):
        failures.append(f"{what}: expected {expected!r}, got {got!r}")


def warned(rule, *args, **more):
    """(value, warnings) of a rule on one value at path `p`."""
    warnings = Warnings()
    return rule(*args, "p", warnings, **more), warnings.shown()


def fails(raw):
    try:
        parse_one(raw)
    except JsonError:
        return True
    return False


def test_json():
    for raw in (b"01", b"1.", b"1.e1", b"-", b"+1", b".5", b"truefalse", b"nul", b"{,}", b"[1,]",
                b"{'a':1}", b'{"a" 1}', b'{"a":1,}', b'"\x01"', b'"\t"', b'"\\x"', b'"\\u12g4"',
                b'"abc', b"[", b"{}{}", b"1 2", b"\xff", b'{"a":1}\xff', b"NaN", b"\x0b", b"",
                b'{"a":\x0b1}', b'"\\', b"[1 2]", b'{"a":1 "b":2}', b"/**/1"):
        check(f"{raw} is no JSON", fails(raw), True)
    for raw, value in ((b"1", "1"), (b" -0 ", "-0"), (b"1E+30", "1E+30"), (b"\x0b{}\x0c", {}),
                       (b'"\\u0041\\n"', "A\n"), (b'"\\ud83d\\ude00"', "\U0001f600"),
                       (b"[]", []), (b'{"a":null}', {"a": None}), (b'"\x7f"', "\x7f")):
        check(f"{raw}", parse_one(raw)[0] == value, True)
    check("number token", type(parse_one(b"1e400")[0]), Number)
    twice = parse_one(b'{"a":1,"b":2,"\\u0061":3}')[0]
    check("last duplicate stands where it stands", list(twice.items()),
          [("b", Number("2")), ("a", Number("3"))])
    check("1,024 deep", fails(b"[" * 1024 + b"]" * 1024), False)
    check("1,025 deep", fails(b"[" * 1025 + b"]" * 1025), True)
    check("million deep", fails(b"[" * 1_000_000), True)
    for raw, end in ((b'1{', 1), (b'1[', 1), (b'1"a"', 1), (b'true\x0b', 4), (b'{}1', 2)):
        check(f"{raw} ends", Parser(raw).value_at(0)[1], end)
    check("write", write({"a\x01/": [None, True, Number("1e5"), "é\x7f\""]}),
          '{"a\\u0001/":[null,true,1e5,"é\x7f\\""]}')
    check("quote", quote("\b\f\n\r\t\\\x1f"), '"\\b\\f\\n\\r\\t\\\\\\u001f"')


def test_repair():
    for raw, text in ((b"\xed\xa0\x80", "\ufffd" * 3), (b"\xf0\x9f\x98", "\ufffd"),
                      (b"\xf0\x9f\x98A", "\ufffdA"), (b"\xc0\xaf", "\ufffd" * 2),
                      (b"\xe2\x82", "\ufffd"), (b"\xf4\x90\x80\x80", "\ufffd" * 4),
                      (b"\xe0\x80\x80", "\ufffd" * 3), (b"\xf5", "\ufffd"),
                      (b"\xe2\x28\xa1", "\ufffd(\ufffd"), (b"\xf0\x9f\xe2\x82\xac", "\ufffd€")):
        check(f"utf8 {raw}", decode_utf8(raw), (text, True))
    check("good utf8", decode_utf8("é€😀".encode()), ("é€😀", False))
    for raw, text in ((b'"\\ud83d"', "\ufffd"), (b'"\\ude00"', "\ufffd"),
                      (b'"\\ud83d\\ud83d\\ude00"', "\ufffd\U0001f600"),
                      (b'"\\ud83d\\u0041"', "\ufffdA"), (b'"\\ud83dx"', "\ufffdx")):
        check(f"surrogate {raw}", parse_one(raw), (text, True))
    check("repaired key", parse_one(b'{"\xff":1,"\\ud800":2}'), ({"\ufffd": Number("2")}, True))


def test_text():
    rule = rules.text_rule
    for value, expected in (("a", "a"), (Number("1.50"), "1.50"), (True, "true"), (False, "false"),
                            (None, None), ("", None), (" \t\n\x0b\x0c\r", None),
                            ("a\x00b\x1f\x7fc", "abc"), (" a\nb\tc ", "a\nb\tc"),
                            ("\x00 a \x00", "a"), ("\u00a0a", "\u00a0a"), ("a\u0085", "a\u0085")):
        check(f"text {value!r}", warned(rule, value), (expected, []))
    check("text object", warned(rule, {}), (None, ["cast:p"]))
    check("text array", warned(rule, []), (None, ["cast:p"]))
    check("cut", warned(rule, "a" * 1025), ("a" * 1024, ["truncated:p"]))
    check("cut at a character", warned(rule, "a" * 1023 + "é"), ("a" * 1023, ["truncated:p"]))
    check("just fits", warned(rule, "a" * 1022 + "é"), ("a" * 1022 + "é", []))
    check("trim before cut", warned(rule, " " * 9 + "a" * 1024 + " "), ("a" * 1024, []))
    check("not trimmed again", warned(rule, "abc d", limit=4), ("abc ", ["truncated:p"]))
    for text, expected in (("&amp;lt;", "&lt;"), ("&#65;&#x42;", "AB"), ("&#0;", "&#0;"),
                           ("&#xD800;", "&#xD800;"), ("&#1114112;", "&#1114112;"),
                           ("&#x10FFFF;", "\U0010ffff"), ("&#000000000039;", "'"),
                           ("&nbsp;&amp", "&nbsp;&amp"), ("&lt;&gt;&quot;&apos;", "<>\"'"),
                           ("&#99999999999999999999;", "&#99999999999999999999;"),
                           ("&AMP;&#;&#x;", "&AMP;&#;&#x;")):
        check(f"entity {text}", rules.entities(text), expected)
    check("entity before control", warned(rule, "&#7;a&#32;", decode=True), ("a", []))
    check("entity before limit", warned(rule, "&amp;" * 1024, decode=True), ("&" * 1024, []))


def test_numbers():
    for value, expected in ((Number("5"), 5), (Number("-0"), 0), ("+7", 7), (" -3\x0b", -3),
                            ("", None), ("  ", None), (None, None), ("007", 7),
                            ("0" * 40 + "1", 1), (Number("9223372036854775807"), (1 << 63) - 1),
                            ("-9223372036854775808", -(1 << 63))):
        check(f"int {value!r}", warned(rules.int_rule, value), (expected, []))
    for value in (Number("1.0"), Number("1e3"), "1.0", "n/a", "+", "1 2", True, {}, [], "٣",
                  Number("9223372036854775808"), "-9223372036854775809", "0x1"):
        check(f"int {value!r}", warned(rules.int_rule, value), (None, ["cast:p"]))
    for value, expected in ((True, True), (Number("1"), True), (Number("0"), False), ("YES", True),
                            (" oN ", True), ("y", True), ("", False), (" ", False), ("Off", False),
                            ("n", False), ("TRUE", True), ("no", False), (None, None)):
        check(f"bool {value!r}", warned(rules.bool_rule, value), (expected, []))
    for value in (Number("2"), Number("1.0"), Number("-0"), "2", "t", "ſ", [], {}):
        check(f"bool {value!r}", warned(rules.bool_rule, value), (None, ["cast:p"]))
    for value in (None, [], ""):
        check(f"map {value!r}", warned(rules.map_rule, value), (None, []))
    for value in (" ", [Number("1")], Number("0"), False, "x"):
        check(f"map {value!r}", warned(rules.map_rule, value), (None, ["cast:p"]))
    for value, expected in ((Number("1e5"), "1e5"), ("1.50", "1.50"), ("-0", "-0"),
                            (Number("1e-400"), "1e-400"), (Number("9" * 30), "9" * 30)):
        check(f"float {value!r}", rules.float_token(value), Number(expected))
    for value in (Number("1e400"), " 1", "01", "+1", "1e999", "", "inf", True, [], "1\n"):
        check(f"float {value!r}", rules.float_token(value), None)


def test_times():
    for text, expected in (("1970-01-01T00:00:00Z", 0), ("1970-01-01t00:00:00.9999z", 999),
                           ("1970-01-01T01:00:00+01:00", 0), ("2016-12-31T23:59:60Z",
                                                             1483228800000),
                           ("1969-12-31T23:59:59.001-00:00", -999),
                           ("0000-01-01T00:00:00Z", -62167219200000),
                           ("9999-12-31T23:59:59.999Z", 253402300799999)):
        check(text, rules.parse_time(text), expected)
    for text in ("2026-02-29T00:00:00Z", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z",
                 "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z",
                 "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00Z",
                 "2026-01-01T00:00:00+0100", "10000-01-01T00:00:00Z", "2026-1-01T00:00:00Z",
                 "2026-00-01T00:00:00Z", "2026-01-01T00:00:00+01:60", "٢026-01-01T00:00:00Z"):
        check(text, rules.parse_time(text), None)
    check("print", rules.print_time(1795428847412), "2026-11-23T10:14:07.412Z")
    check("print early", rules.print_time(-62167219200000), "0000-01-01T00:00:00.000Z")
    check("leap day", rules.date_token("2024-02-29"), "2024-02-29")
    check("1900 was none", rules.date_token("1900-02-29"), None)
    check("date with time", rules.date_token("2024-02-29t00:00:00z"), "2024-02-29t00:00:00z")
    for value in ("2023-02-29", " 2024-01-01", "2024-01-01\n", Number("2024"), "", True):
        check(f"date {value!r}", rules.date_token(value), None)


def test_addresses():
    for text, good in (("a@b.c", True), ("a@b", False), ("@b.c", False), ("a@@b.c", False),
                       ("a@b..c", False), ("a@.b.c", False), ("a@b.c.", False), ("a b@c.d", False),
                       ("a@b.c@d.e", False), ("a\n@b.c", False), ("é@b.c", True)):
        check(f"email {text!r}", rules.email_shaped(text), good)
    for text, reserved in (("a@example.com", True), ("a@x.example.org", True), ("a@a.test", True),
                           ("a@notexample.com", False), ("a@x.localhost", True),
                           ("a@example.com.de", False), ("a@b.invalid", True),
                           ("a@example.net", True), ("a@b.example", True), ("a@b.c", False)):
        check(f"reserved {text}", rules.reserved_domain(text), reserved)
    for text, good in (("1.2.3.4", True), ("::1", True), ("01.2.3.4", False), ("1.2.3", False),
                       ("1.2.3.4.5", False), ("::ffff:1.2.3.4", True), ("fe80::1%eth0", False),
                       ("[::1]", False), ("256.1.1.1", False), ("1.2.3.4 ", False)):
        check(f"ip {text}", rules.ip_valid(text), good)


URLS = (("example.com", "example.com"), ("HTTPS://WWW.Example.COM/A/b//", "example.com/A/b"),
        ("http://u:p@x@example.com/", "example.com"), ("http://example.com:80/a", "example.com/a"),
        ("https://example.com:80", "example.com:80"), ("https://example.com:443", "example.com"),
        ("http://example.com:00081", "example.com:81"), ("http://example.com:", None),
        ("http://example.com:0", None), ("http://example.com:65536", None),
        ("http://example.com:65535", "example.com:65535"), ("http://example.com:+1", None),
        ("ftp://example.com", None), ("mailto:a@b.c", "b.c"), ("http:/x", None), ("http://", None),
        ("http:///x", None), ("http://a?x@b/c", "a"), ("http://a#/b", "a"),
        ("a/b://c", "a/b://c"), ("http://a b/", None), ("http://a%20b", None),
        ("http://a|b", None), ("http://a\\b", None), ("www.", None), ("www.com", "com"),
        ("www.www.com", "www.com"), ("example.com.", "example.com"),
        ("example.com..", "example.com."), ("http://[::1]:8080/x/", "[::1]:8080/x"),
        ("http://[::1]x", None), ("http://[::1", None), ("http://[FE80::1]", "[fe80::1]"),
        ("http://a:b:80", None), ("http://münchen.de/ä", "xn--mnchen-3ya.de/ä"),
        ("http://MÜNCHEN.de", "xn--mnchen-3ya.de"), ("http://x\u0085.de", None),
        ("http://-ü.de", None), ("example.com/a?b#c/", "example.com/a"),
        ("://x", None), ("http://.", None), ("http://a/b c", "a/b c"), ("x.de:8080", "x.de:8080"),
        ("http://www.WWW.de.:80/", "www.de"), ("HTTP://x?", "x"), ("http://user@", None))


def test_urls():
    for url, expected in URLS:
        check(f"url {url!r}", urls.canonical(url), expected)
    for site, local in (("localhost", True), ("a.test", True), ("a.testing/x", True),
                        ("a.local:81", True), ("test.com", False), ("127.9.9.9", True),
                        ("10.0.0.1:8080", True), ("172.16.0.1", True), ("172.32.0.1", False),
                        ("192.168.1.1", True), ("192.169.1.1", False), ("[::1]", True),
                        ("[::1]:81/x", True), ("[::2]", False), ("127.1", False), ("x/a.b", True),
                        ("a.localdomain", True), ("a.localhost", True), ("8.8.8.8", False),
                        ("010.0.0.1", False)):
        check(f"local {site}", urls.is_local_host(site), local)
    check("site key", hashlib.sha256(b"shop.example.com").hexdigest()[:32],
          "951623a26f8b3388802aa74907be0916")


def test_warnings():
    warnings = Warnings()
    for i in range(20):
        warnings.add(f"w{i:02}")
    warnings.add("w00")
    check("at most 16", warnings.shown(), [f"w{i:02}" for i in range(16)])
    check("by bytes", Warnings({"é", "z", "\U0001f600", "\uffff"}).shown(),
          ["z", "é", "\uffff", "\U0001f600"])
    check("key name", rules.key_name("a" * 127 + "é"), "a" * 127)


def main():
    for test in (test_json, test_repair, test_text, test_numbers, test_times, test_addresses,
                 test_urls, test_warnings):
        test()
    print(*failures, sep="\n", end="\n" if failures else "")
    print(f"{checked} checks, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
