# SPDX-License-Identifier: Apache-2.0
"""Value rules (spec section 2), times and e-mail, IP and entity rules, one function each.

Values are what jsontext gives: None, bool, Number, str, list, dict. ABSENT and null are both None."""
import re
import socket

from jsontext import NUMBER, Number

ASCII_WHITE = " \t\n\x0b\x0c\r"
INT64 = range(-(1 << 63), 1 << 63)
NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
ENTITY = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#([0-9]+)|#x([0-9a-fA-F]+));")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})"
                  r"(?:\.([0-9]+))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))")
DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
TRUE_WORDS = {"1", "true", "yes", "on", "y"}
FALSE_WORDS = {"0", "false", "no", "off", "n", ""}
DAY_MS, HOUR_MS = 86_400_000, 3_600_000


class Warnings(set):
    """A set of warnings; the spec shows them sorted by bytes, at most 16."""

    def cast(self, path):
        self.add("cast:" + path)

    def shown(self):
        return sorted(self, key=lambda w: w.encode())[:16]


def ascii_lower(text):
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)


def cut(text, limit):
    """The longest head of text that fits `limit` bytes and ends at a character."""
    raw = text.encode()
    return text if len(raw) <= limit else raw[:limit].decode("utf-8", "ignore")


def key_name(key):
    """KEY, ROLE, SLUG as warnings show it."""
    return cut(key, 128)


def decode_entity(found):
    name, decimal, hexadecimal = found.groups()
    if name:
        return NAMED[name]
    digits = (decimal or hexadecimal).lstrip("0")
    if not digits or len(digits) > 7:
        return found[0]
    code = int(digits, 10 if decimal else 16)
    scalar = code < 0xD800 or 0xE000 <= code < 0x110000
    return chr(code) if scalar else found[0]


def entities(text):
    return ENTITY.sub(decode_entity, text)


def text_rule(value, path, warnings, limit=1024, decode=False):
    if value is None:
        return None
    if isinstance(value, (dict, list)):
        warnings.cast(path)
        return None
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    if decode:
        text = entities(text)
    text = CONTROL.sub("", text).strip(ASCII_WHITE)
    if not text:
        return None
    short = cut(text, limit)
    if short != text:
        warnings.add("truncated:" + path)
    return short


def _int_of(value):
    """The integer, "" for the empty string, or None when the value fails the rule."""
    if isinstance(value, Number):
        text = str(value) if re.fullmatch("-?[0-9]+", value) else None
    elif isinstance(value, str):
        text = value.strip(ASCII_WHITE)
        if text == "":
            return ""
        text = text if re.fullmatch("[+-]?[0-9]+", text) else None
    else:
        text = None
    if text is None:
        return None
    digits = text.lstrip("+-0")
    number = int(text) if len(digits) <= 20 else None
    return number if number is not None and number in INT64 else None


def int_rule(value, path, warnings):
    if value is None:
        return None
    number = _int_of(value)
    if number is None:
        warnings.cast(path)
    return number if isinstance(number, int) else None


def bool_rule(value, path, warnings):
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Number) and value in ("0", "1"):
        return value == "1"
    if isinstance(value, str) and not isinstance(value, Number):
        word = ascii_lower(value.strip(ASCII_WHITE))
        if word in TRUE_WORDS or word in FALSE_WORDS:
            return word in TRUE_WORDS
    warnings.cast(path)
    return None


def map_rule(value, path, warnings):
    """The dict, or None: silently if the map is missing, with a warning if it is something else."""
    if isinstance(value, dict):
        return value
    if value is None or value == [] or (isinstance(value, str) and value == ""):
        return None
    warnings.cast(path)
    return None


def float_token(value):
    """The token of a float custom field, or None if it fails."""
    if not isinstance(value, str):
        return None
    raw = value.encode()
    if not NUMBER.fullmatch(raw):
        return None
    return Number(value) if abs(float(raw)) != float("inf") else None


# ---- times ---------------------------------------------------------------------------------------

def days_of(year, month, day):
    """Days since 1970-01-01 of a proleptic Gregorian date, years 0000 to 9999."""
    year -= month <= 2
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


def date_of(days):
    days += 719468
    era, of_era = divmod(days, 146097)
    years = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * years + years // 4 - years // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + (3 if shifted < 10 else -9)
    year = years + era * 400 + (month <= 2)
    return year, month, of_year - (153 * shifted + 2) // 5 + 1


def real_date(year, month, day):
    return (1 <= month <= 12 and 1 <= day <= 31
            and date_of(days_of(year, month, day)) == (year, month, day))


def parse_time(text):
    """Milliseconds since 1970 of an RFC 3339 time, or None."""
    found = TIME.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(g) for g in found.groups()[:6])
    fraction, sign, off_hour, off_minute = found.groups()[6:]
    if not real_date(year, month, day) or hour > 23 or minute > 59 or second > 60:
        return None
    offset = 0
    if sign:
        if int(off_hour) > 23 or int(off_minute) > 59:
            return None
        offset = (int(off_hour) * 60 + int(off_minute)) * (-1 if sign == "-" else 1)
    seconds = days_of(year, month, day) * 86400 + hour * 3600 + (minute - offset) * 60 + second
    return seconds * 1000 + int(((fraction or "") + "000")[:3])


def print_time(ms):
    days, rest = divmod(ms, DAY_MS)
    seconds, millis = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    year, month, day = date_of(days)
    return (f"{year:04}-{month:02}-{day:02}T{minutes // 60:02}:{minutes % 60:02}:{second:02}"
            f".{millis:03}Z")


def date_token(value):
    """The text of a date custom field, or None if it fails."""
    if not isinstance(value, str) or isinstance(value, Number):
        return None
    found = DATE.fullmatch(value)
    if found:
        return value if real_date(*map(int, found.groups())) else None
    return value if parse_time(value) is not None else None


# ---- people and addresses ------------------------------------------------------------------------

def email_shaped(text):
    if text.count("@") != 1 or any(c in ASCII_WHITE for c in text):
        return False
    name, domain = text.split("@")
    parts = domain.split(".")
    return bool(name) and len(parts) >= 2 and all(parts)


def reserved_domain(email):
    domain = email.split("@")[1]
    if domain.rsplit(".", 1)[-1] in ("test", "example", "invalid", "localhost"):
        return True
    return any(domain == base or domain.endswith("." + base)
               for base in ("example.com", "example.net", "example.org"))


def ip_valid(text):
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, text)
            return True
        except (OSError, ValueError, UnicodeError):
            pass
    return False
