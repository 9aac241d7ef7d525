# SPDX-License-Identifier: Apache-2.0
"""Gzip that is cut, changed, nested or a bomb: what came out before the fault counts, the rest is one
dead letter, nothing is ever counted in part, and memory stays bounded."""
import gzip
import os
import struct
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import check, main, sanitized
from product import Work, check_against_oracle, check_memory, event, line, lines

MIB = 1 << 20
LARGE = (64 if sanitized() else 512) * MIB
PLAIN = lines(event(i) for i in range(3))


def packed(data):
    return gzip.compress(data, mtime=0)


def both(work, name, data):
    """By lines and by values."""
    work.input(f"{name}.jsonl.gz", data)
    work.input(f"{name}.json.gz", data)


def test_every_byte_changed():
    """Header, blocks, checksum, length: whatever byte is wrong, the oracle agrees on what is left."""
    data = packed(PLAIN)
    with Work() as work:
        for at in range(len(data)):
            for flip in (0x01, 0x80, 0xff):
                both(work, f"{flip}/{at:04}", data[:at] + bytes([data[at] ^ flip]) + data[at + 1:])
        work.run()
        check_against_oracle("changed bytes", work)


def test_every_length():
    data = packed(PLAIN)
    with Work() as work:
        for size in range(len(data)):
            both(work, f"{size:04}", data[:size])
        work.run()
        check_against_oracle("cut", work)


def header(flags, extra=b""):
    return b"\x1f\x8b\x08" + bytes([flags]) + b"\0\0\0\0\0\xff" + extra


def by_hand(head, data):
    raw = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = raw.compress(data) + raw.flush()
    return head + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xffffffff)


def test_shapes():
    """Several members, members of nothing, other layers, other headers, and what follows the end."""
    one, name = packed(PLAIN), b"name\0"
    crc = struct.pack("<H", zlib.crc32(header(2)) & 0xffff)
    shapes = {"members": one + packed(line(event(9))), "nothing": packed(b""),
              "nothing-first": packed(b"") + one, "nothing-last": one + packed(b""),
              "in-the-middle": packed(PLAIN[:100]) + packed(PLAIN[100:]), "twice": packed(one),
              "thrice": packed(packed(one)), "four": packed(packed(packed(one))),
              "tail": one + b"x", "zeros": one + b"\0" * 512, "tail-magic": one + b"\x1f\x8b",
              "twice-tail": packed(one + b"x"), "twice-cut": packed(one[:-5]),
              "second-cut": one + one[:-5], "second-bad": one + one[:30] + b"\0" + one[31:],
              "name": by_hand(header(8, name), PLAIN), "comment": by_hand(header(16, name), PLAIN),
              "extra": by_hand(header(4, b"\x03\0abc"), PLAIN),
              "extra-cut": header(4, b"\xff\xffabc"), "crc": by_hand(header(2, crc), PLAIN),
              "crc-bad": by_hand(header(2, b"\0\0"), PLAIN), "reserved": by_hand(header(0xe0), PLAIN),
              "method": b"\x1f\x8b\x07" + one[3:], "magic": b"\x1f\x8b", "half-magic": b"\x1f",
              "plain": PLAIN, "bom": packed(b"\xef\xbb\xbf" + PLAIN), "blank": packed(b" \n")}
    with Work() as work:
        for shape, data in shapes.items():
            both(work, shape, data)
            work.input(f"{shape}.jsonl", data)
        work.run()
        check_against_oracle("shapes", work)


def bomb(size, inner=b"y"):
    """Gzip of `size` bytes of one kind, in a string of a record."""
    raw = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [raw.compress(b'{"x":"')]
    block = inner * MIB
    parts += [raw.compress(block) for _ in range(size // MIB)]
    return b"".join([*parts, raw.compress(b'"}\n' + line(event(1))), raw.flush()])


def test_bombs():
    """A thousand to one, in one layer and in two: too large, and the next record is there."""
    small = bomb(LARGE)
    check("it is one", len(small) * 500 < LARGE)
    for name, data in (("one.jsonl.gz", small), ("two.jsonl.gz", packed(small)),
                       ("values.json.gz", small)):
        with Work() as work:
            work.input(name, data)
            work.events(2, first=5)
            summary = work.summary("--memory", "32M")
            check(name, (summary["events"], summary["rejected"]), (3, {"too_large": 1}))
            check("raw", len(work.dead()[0]["raw"]), (64 << 10) // 3 * 4 + 4)
            check_memory(summary, 96 * MIB)


def test_a_bomb_of_blanks():
    with Work() as work:
        raw = zlib.compressobj(9, zlib.DEFLATED, 31)
        data = b"".join(raw.compress(b" \n" * (MIB // 2)) for _ in range(LARGE // 2 // MIB)) + raw.flush()
        both(work, "blank", data)
        summary = work.summary("--memory", "32M")
        check("codes", summary["rejected"], {"empty": 2})
        check_memory(summary, 96 * MIB)


def test_a_bomb_of_records():
    """Half a million records out of some kilobytes: all are counted, none is kept in memory."""
    record = b'{"hash":"x"}\n'
    with Work() as work:
        work.input("a.jsonl.gz", packed(record * 500_000))
        summary = work.summary("--memory", "32M", "--dead=")
        check("codes", summary["rejected"], {"hash_format": 500_000})
        check("records", summary["read"]["records"], 500_000)


main(globals())
