# SPDX-License-Identifier: Apache-2.0
"""The canonical url of a site (spec sections 3 and 9). Host names beyond ASCII go to libidn2 itself,
because the spec says "what idn2_lookup_u8(host, 0) answers"."""
import ctypes
import re
import socket

from rules import ascii_lower

SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
BAD_IN_HOST = re.compile(r'[\x00-\x20\x7f<>"\\^{}|%]')
LOCAL_ENDS = (".test", ".testing", ".local", ".localhost", ".localdomain")
_idn = ctypes.CDLL("libidn2.so.0")
_idn.idn2_lookup_u8.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p), ctypes.c_int]
_idn.idn2_free.argtypes = [ctypes.c_void_p]


def idn_ascii(host):
    """What libidn2 makes of the whole host, or None if it refuses."""
    answer = ctypes.c_void_p()
    if _idn.idn2_lookup_u8(host.encode(), ctypes.byref(answer), 0) != 0:
        return None
    text = ctypes.string_at(answer.value).decode()
    _idn.idn2_free(answer)
    return text


def split_port(authority):
    """(host, port text or None), or None: something else than a port behind a bracketed host."""
    if authority.startswith("["):
        end = authority.find("]")
        if end < 0:
            return None
        host, rest = authority[:end + 1], authority[end + 1:]
        if rest and not rest.startswith(":"):
            return None
        return host, rest[1:] if rest else None
    host, colon, port = authority.partition(":")
    return host, port if colon else None


def clean_host(host):
    host = ascii_lower(host)
    if host.startswith("www."):
        host = host[4:]
    if host.endswith("."):
        host = host[:-1]
    if not host.isascii():
        host = idn_ascii(host)
    if not host:
        return None
    inside_unchecked = host.startswith("[")
    return None if not inside_unchecked and BAD_IN_HOST.search(host) else host


def clean_port(port, scheme):
    """":port", "" for the default one, None if it is bad."""
    if port is None:
        return ""
    if not re.fullmatch("[0-9]+", port):
        return None
    digits = port.lstrip("0")
    if not digits or len(digits) > 5 or int(digits) > 65535:
        return None
    return "" if int(digits) == {"http": 80, "https": 443}[scheme] else ":" + digits


def canonical(url):
    """`host[:port][path]`, or None when it cannot be had."""
    found = SCHEME.match(url)
    scheme = ascii_lower(found[1]) if found else "http"
    rest = url[found.end():] if found else url
    if scheme not in ("http", "https"):
        return None
    authority = re.match(r"[^/?#]*", rest)[0]
    path = re.match(r"[^?#]*", rest[len(authority):])[0]
    parts = split_port(authority.rpartition("@")[2])
    host = parts and clean_host(parts[0])
    port = clean_port(parts[1], scheme) if parts else None
    if not host or port is None:
        return None
    return host + port + path.rstrip("/")


def host_of(site_url):
    authority = site_url.partition("/")[0]
    return split_port(authority)[0]


def is_ipv4(host):
    try:
        return socket.inet_pton(socket.AF_INET, host)
    except (OSError, UnicodeError):
        return None


def is_local_host(site_url):
    host = host_of(site_url)
    if "." not in host and ":" not in host:
        return True
    if host.endswith(LOCAL_ENDS) or host == "[::1]":
        return True
    quad = is_ipv4(host)
    return bool(quad) and (quad[0] in (127, 10) or quad[:2] == b"\xc0\xa8"
                           or (quad[0] == 172 and 16 <= quad[1] <= 31))
