# SPDX-License-Identifier: Apache-2.0
"""JSON as RFC 8259 has it, on bytes, for the oracle.

Numbers stay the token that was written, of duplicate keys the last one stays where it stands, invalid
UTF-8 and lone surrogates are repaired and remembered. The point of this module is to be another
program than the one under test, so it uses neither Python's json nor any of the project's code.
Limits: recursive, hence the nesting limit is also what keeps Python's stack small."""
import re
import sys

MAX_DEPTH = 1024
WHITE = b" \t\n\x0b\x0c\r"          # ASCII white space, between records
JSON_WHITE = re.compile(rb"[ \t\n\r]*")
NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')
HEX4 = re.compile(rb"[0-9a-fA-F]{4}")
SIMPLE = {0x22: '"', 0x5C: "\\", 0x2F: "/", 0x62: "\b", 0x66: "\f", 0x6E: "\n", 0x72: "\r",
          0x74: "\t"}
WORDS = ((b"true", True), (b"false", False), (b"null", None))
SCALAR_STOPS = WHITE + b'{["'
sys.setrecursionlimit(max(sys.getrecursionlimit(), 8 * MAX_DEPTH))


class JsonError(Exception):
    """A departure from RFC 8259; `at` is the first byte that cannot be."""

    def __init__(self, at, why):
        super().__init__(f"byte {at}: {why}")
        self.at = at


class Number(str):
    """A number token, as written."""


class Parser:
    """One value at a time out of `data`; `repaired` tells whether the last one needed U+FFFD."""

    def __init__(self, data):
        self.data = data
        self.repaired = False

    def value_at(self, pos):
        """The value that begins at pos (not white space) and where it ends."""
        self.repaired = False
        value, end = self._value(pos, 1)
        bare = self.data[pos] not in b'{["'
        if bare and end < len(self.data) and self.data[end] not in SCALAR_STOPS:
            raise JsonError(end, "a scalar does not end here")
        return value, end

    def _value(self, pos, depth):
        head = self.data[pos:pos + 1]
        if head == b"{":
            return self._object(pos, depth)
        if head == b"[":
            return self._array(pos, depth)
        if head == b'"':
            return self._string(pos)
        for word, value in WORDS:
            if self.data.startswith(word, pos):
                return value, pos + len(word)
        return self._number(pos)

    def _number(self, pos):
        found = NUMBER.match(self.data, pos)
        if not found:
            raise JsonError(pos, "no value")
        return Number(found[0].decode("ascii")), found.end()

    def _skip(self, pos):
        return JSON_WHITE.match(self.data, pos).end()

    def _deep_enough(self, pos, depth):
        if depth > MAX_DEPTH:
            raise JsonError(pos, "nested too deep")

    def _array(self, pos, depth):
        self._deep_enough(pos, depth)
        items, pos = [], self._skip(pos + 1)
        if self.data[pos:pos + 1] == b"]":
            return items, pos + 1
        while True:
            item, pos = self._value(pos, depth + 1)
            items.append(item)
            pos = self._skip(pos)
            mark = self.data[pos:pos + 1]
            if mark == b"]":
                return items, pos + 1
            if mark != b",":
                raise JsonError(pos, "expected ',' or ']'")
            pos = self._skip(pos + 1)

    def _object(self, pos, depth):
        self._deep_enough(pos, depth)
        members, pos = {}, self._skip(pos + 1)
        if self.data[pos:pos + 1] == b"}":
            return members, pos + 1
        while True:
            pos = self._member(members, pos, depth)
            mark = self.data[pos:pos + 1]
            if mark == b"}":
                return members, pos + 1
            if mark != b",":
                raise JsonError(pos, "expected ',' or '}'")
            pos = self._skip(pos + 1)

    def _member(self, members, pos, depth):
        if self.data[pos:pos + 1] != b'"':
            raise JsonError(pos, "expected a key")
        key, pos = self._string(pos)
        pos = self._skip(pos)
        if self.data[pos:pos + 1] != b":":
            raise JsonError(pos, "expected ':'")
        value, pos = self._value(self._skip(pos + 1), depth + 1)
        members.pop(key, None)              # the last one stands where it stands
        members[key] = value
        return self._skip(pos)

    def _string(self, pos):
        parts, pos = [], pos + 1
        while True:
            plain = PLAIN.match(self.data, pos)
            parts.append(self._utf8(plain[0]))
            pos = plain.end()
            mark = self.data[pos:pos + 1]
            if mark == b'"':
                return "".join(parts), pos + 1
            if mark != b"\\":
                raise JsonError(pos, "the string does not end or holds a control character")
            text, pos = self._escape(pos)
            parts.append(text)

    def _escape(self, pos):
        kind = self.data[pos + 1] if pos + 1 < len(self.data) else 0
        if kind in SIMPLE:
            return SIMPLE[kind], pos + 2
        unit = self._unit(pos)
        if unit is None:
            raise JsonError(pos, "no such escape")
        if 0xD800 <= unit < 0xDC00:
            low = self._unit(pos + 6)
            if low is not None and 0xDC00 <= low < 0xE000:
                return chr(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)), pos + 12
        if 0xD800 <= unit < 0xE000:
            self.repaired = True
            return "\ufffd", pos + 6
        return chr(unit), pos + 6

    def _unit(self, pos):
        if self.data[pos:pos + 2] != b"\\u":
            return None
        digits = HEX4.match(self.data, pos + 2)
        return int(digits[0], 16) if digits else None

    def _utf8(self, raw):
        if raw.isascii():
            return raw.decode("ascii")
        text, repaired = decode_utf8(raw)
        self.repaired = self.repaired or repaired
        return text


def _second_byte_range(lead):
    """(length, lowest, highest second byte) of Unicode's table 3-7, or None."""
    if 0xC2 <= lead <= 0xDF:
        return 2, 0x80, 0xBF
    if 0xE0 <= lead <= 0xEF:
        return 3, 0xA0 if lead == 0xE0 else 0x80, 0x9F if lead == 0xED else 0xBF
    if 0xF0 <= lead <= 0xF4:
        return 4, 0x90 if lead == 0xF0 else 0x80, 0x8F if lead == 0xF4 else 0xBF
    return None


def _sequence_length(raw, pos):
    """(bytes of the sequence or maximal subpart at pos, well-formed?)."""
    if raw[pos] < 0x80:
        return 1, True
    shape = _second_byte_range(raw[pos])
    if shape is None:
        return 1, False
    length, low, high = shape
    for n in range(1, length):
        if pos + n >= len(raw) or not low <= raw[pos + n] <= high:
            return n, False
        low, high = 0x80, 0xBF
    return length, True


def decode_utf8(raw):
    """(text, repaired): each maximal subpart of an ill-formed sequence becomes U+FFFD."""
    try:
        return raw.decode("utf-8"), False
    except UnicodeDecodeError:
        pass
    out, pos = [], 0
    while pos < len(raw):
        length, good = _sequence_length(raw, pos)
        out.append(raw[pos:pos + length].decode("utf-8") if good else "\ufffd")
        pos += length
    return "".join(out), True


def parse_one(raw):
    """(value, repaired) of bytes that must hold exactly one value, white space around allowed."""
    body = raw.strip(WHITE)
    if not body:
        raise JsonError(0, "nothing there")
    parser = Parser(body)
    value, end = parser.value_at(0)
    if end != len(body):
        raise JsonError(end, "something follows the value")
    return value, parser.repaired


SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quote(text):
    """A JSON string by the product's rule: only the escapes that must be."""
    return '"' + "".join(SHORT.get(c) or (f"\\u{ord(c):04x}" if c < " " else c)
                         for c in text) + '"'


def write(value):
    """Compact JSON text of a value made of None, bool, int, Number, str, list, dict."""
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, (Number, int)):
        return str(value)
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{quote(k)}:{write(v)}" for k, v in value.items()) + "}"
    return "[" + ",".join(map(write, value)) + "]"
