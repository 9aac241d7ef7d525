# SPDX-License-Identifier: Apache-2.0
"""gzip undone up to the very byte of the fault. Python's zlib loses what came out in the call that
fails, so this asks libz itself, through ctypes. Up to two layers (spec sections 1 and 9)."""
import ctypes

MAGIC = b"\x1f\x8b"
GZIP_ONLY = 16 + 15
OK, STREAM_END, BUF_ERROR = 0, 1, -5
ROOM = 1 << 18


class Stream(ctypes.Structure):
    """z_stream of zlib.h."""
    _fields_ = [("next_in", ctypes.c_void_p), ("avail_in", ctypes.c_uint),
                ("total_in", ctypes.c_ulong), ("next_out", ctypes.c_void_p),
                ("avail_out", ctypes.c_uint), ("total_out", ctypes.c_ulong),
                ("msg", ctypes.c_char_p), ("state", ctypes.c_void_p), ("zalloc", ctypes.c_void_p),
                ("zfree", ctypes.c_void_p), ("opaque", ctypes.c_void_p),
                ("data_type", ctypes.c_int), ("adler", ctypes.c_ulong),
                ("reserved", ctypes.c_ulong)]


_libz = ctypes.CDLL("libz.so.1")
_libz.zlibVersion.restype = ctypes.c_char_p


def inflate_member(data, out):
    """Appends one member's bytes to `out`; returns (what follows it, was it whole?)."""
    stream = Stream()
    _libz.inflateInit2_(ctypes.byref(stream), GZIP_ONLY, _libz.zlibVersion(),
                        ctypes.sizeof(Stream))
    kept = ctypes.create_string_buffer(data, len(data))
    room = ctypes.create_string_buffer(ROOM)
    stream.next_in, stream.avail_in = ctypes.addressof(kept), len(data)
    answer = OK
    while answer == OK:
        stream.next_out, stream.avail_out = ctypes.addressof(room), ROOM
        answer = _libz.inflate(ctypes.byref(stream), 0)
        out += memoryview(room)[:ROOM - stream.avail_out]
    rest = data[len(data) - stream.avail_in:]
    _libz.inflateEnd(ctypes.byref(stream))
    return rest, answer == STREAM_END


def inflate_layer(data):
    out, whole = bytearray(), True
    while data and whole:
        if not data.startswith(MAGIC):
            return bytes(out), False        # bytes after the last member are a fault
        data, whole = inflate_member(data, out)
    return bytes(out), whole


def inflate(data):
    """(bytes, broken?)"""
    broken = False
    for _ in range(2):
        if not data.startswith(MAGIC):
            break
        data, whole = inflate_layer(data)
        broken = broken or not whole
    return data, broken
