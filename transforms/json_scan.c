/* SPDX-License-Identifier: Apache-2.0
 * The strict scanner: a state per place in RFC 8259's grammar, one bit per open container. It is
 * the reference for what is JSON here, so it is written to be compared with the grammar; speed
 * comes only from running over string contents and digits at once. joist_json_skip is the same
 * scanner on one text. */
#include "json_scan.h"

#include <joist.h>
#include <stdio.h>

#include "json_bytes.h"

enum state {
    VALUE,              /* a value must come */
    FIRST_ITEM,         /* after '[': a value or ']' */
    FIRST_KEY,          /* after '{': a name or '}' */
    KEY,                /* after ',' in an object: a name */
    COLON,
    AFTER,              /* after a value inside a container: ',' or its end */
    STRING, ESCAPE, HEX1, HEX2, HEX3, HEX4,
    LITERAL,
    MINUS, ZERO, DIGITS, POINT, FRACTION, EXPONENT, EXPONENT_SIGN, EXPONENT_DIGITS,
    SCALAR_END,         /* after a literal: a delimiter must come */
    COMPLETE, FAILED
};

void jst_json_scan_begin(jst_json_scan *scan)
{
    scan->total = scan->start = 0;
    scan->message = NULL;
    scan->started = false;
    scan->state = VALUE;
    scan->key = false;
    scan->depth = 0;
}

static bool in_object(const jst_json_scan *s)
{
    return s->objects[(s->depth - 1) / 64] >> ((s->depth - 1) % 64) & 1;
}

static void fail(jst_json_scan *s, const char *message)
{
    s->message = message;
    s->state = FAILED;
}

static void value_done(jst_json_scan *s)
{
    s->state = s->depth ? AFTER : COMPLETE;
}

/* The functions below are given the bytes from p on (at least one), consume what belongs to
 * their state and return where they stopped. On failure they return the faulty byte itself. */
static const char *open_container(jst_json_scan *s, const char *p, bool object)
{
    if (s->depth == JST_JSON_DEPTH) {
        fail(s, "nested deeper than 1024");
        return p;
    }
    uint64_t bit = (uint64_t)1 << (s->depth % 64), *word = &s->objects[s->depth / 64];
    *word = object ? *word | bit : *word & ~bit;
    s->depth++;
    s->state = object ? FIRST_KEY : FIRST_ITEM;
    return p + 1;
}

static const char *close_container(jst_json_scan *s, const char *p)
{
    s->depth--;
    value_done(s);
    return p + 1;
}

static const char *begin_literal(jst_json_scan *s, const char *p, const char *literal)
{
    s->literal = literal;
    s->matched = 1;
    s->state = LITERAL;
    return p + 1;
}

static const char *begin_string(jst_json_scan *s, const char *p, bool key)
{
    s->key = key;
    s->state = STRING;
    return p + 1;
}

static const char *begin_number(jst_json_scan *s, const char *p)
{
    s->state = *p == '-' ? MINUS : *p == '0' ? ZERO : DIGITS;
    return p + 1;
}

static const char *begin_value(jst_json_scan *s, const char *p)
{
    switch (*p) {
    case '"': return begin_string(s, p, false);
    case '{': return open_container(s, p, true);
    case '[': return open_container(s, p, false);
    case 't': return begin_literal(s, p, "true");
    case 'f': return begin_literal(s, p, "false");
    case 'n': return begin_literal(s, p, "null");
    case '-': case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9': return begin_number(s, p);
    default: break;
    }
    fail(s, s->state == FIRST_ITEM ? "expected a value or ']'"
          : s->depth               ? "expected a value" : "expected a JSON value");
    return p;
}

static const char *feed_first_item(jst_json_scan *s, const char *p)
{
    return *p == ']' ? close_container(s, p) : begin_value(s, p);
}

static const char *feed_key(jst_json_scan *s, const char *p)
{
    if (*p == '"')
        return begin_string(s, p, true);
    if (*p == '}' && s->state == FIRST_KEY)
        return close_container(s, p);
    fail(s, s->state == FIRST_KEY ? "expected a name in quotes or '}'"
                                  : "expected a name in quotes after ','");
    return p;
}

static const char *feed_colon(jst_json_scan *s, const char *p)
{
    if (*p != ':') {
        fail(s, "expected ':' after a member's name");
        return p;
    }
    s->state = VALUE;
    return p + 1;
}

static const char *feed_after(jst_json_scan *s, const char *p)
{
    bool object = in_object(s);
    if (*p == ',') {
        s->state = object ? KEY : VALUE;
        return p + 1;
    }
    if (*p == (object ? '}' : ']'))
        return close_container(s, p);
    fail(s, object ? "expected ',' or '}' after a member" : "expected ',' or ']' after a value");
    return p;
}

static const char *feed_string(jst_json_scan *s, const char *p, const char *end)
{
    p = jst_json_plain_end(p, end);
    if (p == end)
        return p;
    if (*p == '"') {
        if (s->key)
            s->state = COLON;
        else
            value_done(s);
        return p + 1;
    }
    if (*p == '\\') {
        s->state = ESCAPE;
        return p + 1;
    }
    fail(s, "a control character in a string must be escaped");
    return p;
}

static const char *feed_escape(jst_json_scan *s, const char *p)
{
    switch (*p) {
    case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
        s->state = STRING;
        return p + 1;
    case 'u':
        s->state = HEX1;
        return p + 1;
    default:
        fail(s, "unknown escape in a string");
        return p;
    }
}

static const char *feed_hex(jst_json_scan *s, const char *p)
{
    char c = *p;
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
        s->state = s->state == HEX4 ? STRING : (uint8_t)(s->state + 1);
        return p + 1;
    }
    fail(s, "expected four hex digits after \\u");
    return p;
}

static const char *feed_literal(jst_json_scan *s, const char *p)
{
    if (*p != s->literal[s->matched]) {
        fail(s, "expected true, false or null");
        return p;
    }
    if (!s->literal[++s->matched])
        s->state = s->depth ? AFTER : SCALAR_END;
    return p + 1;
}

/* What may stand directly behind a number or literal outside all containers (besides the end). */
static bool delimits_scalar(char c)
{
    return jst_json_space(c) || c == '{' || c == '[' || c == '"';
}

static const char *scalar_ends(jst_json_scan *s, const char *p, const char *message)
{
    if (s->depth)
        s->state = AFTER;       /* which looks at the same byte */
    else if (delimits_scalar(*p))
        s->state = COMPLETE;
    else
        fail(s, message);
    return p;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* States in which another digit is welcome but not needed. */
static const char *feed_digits(jst_json_scan *s, const char *p, const char *end)
{
    while (p < end && is_digit(*p))
        p++;
    if (p == end)
        return p;
    if (*p == '.' && s->state == DIGITS)
        s->state = POINT;
    else if ((*p == 'e' || *p == 'E') && s->state != EXPONENT_DIGITS)
        s->state = EXPONENT;
    else
        return scalar_ends(s, p, "unexpected character after a number");
    return p + 1;
}

static const char *feed_zero(jst_json_scan *s, const char *p, const char *end)
{
    if (is_digit(*p)) {
        fail(s, "a number must not begin with 0 before other digits");
        return p;
    }
    s->state = DIGITS;
    return feed_digits(s, p, end);
}

/* States in which a digit must come. */
static const char *feed_must_digit(jst_json_scan *s, const char *p)
{
    if (s->state == EXPONENT && (*p == '+' || *p == '-')) {
        s->state = EXPONENT_SIGN;
        return p + 1;
    }
    if (!is_digit(*p)) {
        fail(s, s->state == MINUS ? "expected a digit after '-'"
              : s->state == POINT ? "expected a digit after '.'"
                                  : "expected a digit in the exponent");
        return p;
    }
    s->state = s->state == MINUS ? (*p == '0' ? ZERO : DIGITS)
             : s->state == POINT ? FRACTION : EXPONENT_DIGITS;
    return p + 1;
}

static const char *step(jst_json_scan *s, const char *p, const char *end)
{
    switch (s->state) {
    case VALUE: return begin_value(s, p);
    case FIRST_ITEM: return feed_first_item(s, p);
    case FIRST_KEY: case KEY: return feed_key(s, p);
    case COLON: return feed_colon(s, p);
    case AFTER: return feed_after(s, p);
    case STRING: return feed_string(s, p, end);
    case ESCAPE: return feed_escape(s, p);
    case HEX1: case HEX2: case HEX3: case HEX4: return feed_hex(s, p);
    case LITERAL: return feed_literal(s, p);
    case ZERO: return feed_zero(s, p, end);
    case DIGITS: case FRACTION: case EXPONENT_DIGITS: return feed_digits(s, p, end);
    case MINUS: case POINT: case EXPONENT: case EXPONENT_SIGN: return feed_must_digit(s, p);
    default: return scalar_ends(s, p, "unexpected character after true, false or null");
    }
}

/* Between tokens, white space may come. */
static bool between_tokens(uint8_t state)
{
    return state <= AFTER;
}

static const char *run(jst_json_scan *s, const char *p, const char *end)
{
    while (p < end && s->state < COMPLETE) {
        if (between_tokens(s->state) && jst_json_space(*p)) {
            p = jst_json_skip_space(p, end);
            continue;
        }
        p = step(s, p, end);
    }
    return p;
}

/* The input ends here: whole, nothing at all, or cut off. */
static jst_scan_result finish(jst_json_scan *s)
{
    if (!s->started)
        return JST_SCAN_NOTHING;
    bool whole = !s->depth && (s->state == ZERO || s->state == DIGITS || s->state == FRACTION
                               || s->state == EXPONENT_DIGITS || s->state == SCALAR_END);
    if (whole)
        return JST_SCAN_VALUE_END;
    fail(s, s->state >= STRING && s->state <= HEX4 ? "the text ends inside a string"
          : s->depth == 0                          ? "the text ends inside a number or word"
          : in_object(s) ? "the text ends inside an object" : "the text ends inside an array");
    return JST_SCAN_SYNTAX_ERROR;
}

static const char *skip_lead(jst_json_scan *s, const char *p, const char *end)
{
    if (s->started)
        return p;
    const char *first = jst_json_skip_space(p, end);
    s->start = s->total + (uint64_t)(first - p);
    s->started = first < end;
    return first;
}

jst_scan_result jst_json_scan_feed(jst_json_scan *s, const char *bytes, size_t len, bool eof,
                                   size_t *used)
{
    const char *end = len ? bytes + len : bytes;
    const char *p = run(s, skip_lead(s, bytes, end), end);
    *used = len ? (size_t)(p - bytes) : 0;
    s->total += *used;
    if (s->state == COMPLETE)
        return JST_SCAN_VALUE_END;
    if (s->state == FAILED)
        return JST_SCAN_SYNTAX_ERROR;
    return eof ? finish(s) : JST_SCAN_NEED_MORE;
}

size_t joist_json_skip(joist_text text, joist_json_error *e)
{
    jst_json_scan scan;
    size_t used = 0;
    jst_json_scan_begin(&scan);
    jst_scan_result r = jst_json_scan_feed(&scan, text.ptr ? text.ptr : "", text.len, true, &used);
    if (r == JST_SCAN_VALUE_END)
        return used;
    if (e) {
        e->code = "bad_json";
        e->at = used;
        snprintf(e->message, sizeof e->message, "%s",
                 r == JST_SCAN_NOTHING ? "expected a JSON value" : scan.message);
    }
    return 0;
}
