/* SPDX-License-Identifier: Apache-2.0
 * Text to value, by the field's kind. Stricter than strtol and strtod: no leading white space, no
 * hex, no inf or nan, nothing left over, no silent saturation. */
#include "value.h"

#include "joist/text.h"

#include <math.h>
#include <stdlib.h>
#include <strings.h>

static bool same_word(joist_text t, const char *word)
{
    return t.len == strlen(word) && strncasecmp(t.ptr, word, t.len) == 0;
}

/* ---- integers -------------------------------------------------------------------------------- */
static bool unit_of(joist_text suffix, int64_t *unit)
{
    static const char letters[] = "KMGT";
    *unit = 1;
    if (suffix.len == 0)
        return true;
    const char *letter = suffix.ptr[0] == 'k' ? letters : memchr(letters, suffix.ptr[0], 4);
    if (!letter)
        return false;
    joist_text rest = { suffix.ptr + 1, suffix.len - 1 };
    bool decimal = joist_text_equal(rest, JOIST_TEXT("B"));
    if (rest.len > 0 && !decimal && !joist_text_equal(rest, JOIST_TEXT("iB")))
        return false;
    for (const char *l = letters; l <= letter; l++)
        *unit *= decimal ? 1000 : 1024;
    return true;
}

bool jst_cli_parse_int(joist_text t, int64_t *out)
{
    size_t i = t.len > 0 && (t.ptr[0] == '-' || t.ptr[0] == '+');
    bool negative = i && t.ptr[0] == '-';
    size_t first = i;
    int64_t n = 0, unit;
    for (; i < t.len && t.ptr[i] >= '0' && t.ptr[i] <= '9'; i++) {
        int digit = t.ptr[i] - '0';
        if (__builtin_mul_overflow(n, 10, &n)
            || __builtin_add_overflow(n, negative ? -digit : digit, &n))
            return false;
    }
    if (i == first || !unit_of((joist_text){ t.ptr + i, t.len - i }, &unit))
        return false;
    return !__builtin_mul_overflow(n, unit, out);
}

/* ---- other scalars --------------------------------------------------------------------------- */
bool jst_cli_parse_float(joist_text t, double *out)
{
    char number[64];
    if (t.len == 0 || t.len >= sizeof number)
        return false;
    for (size_t i = 0; i < t.len; i++) {
        if (t.ptr[i] == '\0' || !strchr("0123456789+-.eE", t.ptr[i]))
            return false;
        number[i] = t.ptr[i];
    }
    number[t.len] = '\0';
    char *end;
    *out = strtod(number, &end);
    return *end == '\0' && isfinite(*out);
}

bool jst_cli_parse_bool(joist_text t, bool *out)
{
    static const char *const yes[] = { "true", "yes", "on", "1" };
    static const char *const no[] = { "false", "no", "off", "0" };
    for (size_t i = 0; i < 4; i++) {
        *out = same_word(t, yes[i]);
        if (*out || same_word(t, no[i]))
            return true;
    }
    return false;
}

/* ---- limits ---------------------------------------------------------------------------------- */
bool jst_cli_parse_limit(joist_text t, jst_cli_limit *out)
{
    *out = (jst_cli_limit){ .set = true };
    if (joist_text_ends(t, JOIST_TEXT("%"))) {
        out->percent = true;
        t.len--;
        return jst_cli_parse_float(t, &out->share) && out->share >= 0 && out->share <= 100;
    }
    int64_t n;
    if (!jst_cli_parse_int(t, &n) || n < 0)
        return false;
    out->count = (uint64_t)n;
    return true;
}

bool jst_cli_parse_duration(joist_text t, int64_t *ms)
{
    static const struct { char letter; int64_t ms; } units[] = {
        { 's', 1000 }, { 'm', 60000 }, { 'h', 3600000 }, { 'd', 86400000 },
    };
    int64_t unit = 1000, n;
    for (size_t i = 0; i < sizeof units / sizeof units[0] && t.len; i++)
        if (t.ptr[t.len - 1] == units[i].letter) {
            unit = units[i].ms;
            t.len--;
            break;
        }
    if (!t.len || t.ptr[t.len - 1] < '0' || t.ptr[t.len - 1] > '9' || !jst_cli_parse_int(t, &n))
        return false;
    return n >= 0 && !__builtin_mul_overflow(n, unit, ms);
}

bool jst_cli_parse_place(joist_text t, jst_cli_place *out)
{
    size_t at = t.len;
    while (at && t.ptr[at - 1] >= '0' && t.ptr[at - 1] <= '9')
        at--;
    int64_t number;
    if (at < 2 || !jst_cli_parse_int((joist_text){ t.ptr + at, t.len - at }, &number))
        return false;
    char sign = t.ptr[at - 1];
    *out = (jst_cli_place){ { t.ptr, at - 1 }, sign == '#', (uint64_t)number };
    return sign == '#' || (sign == ':' && number > 0);
}

bool jst_cli_over(const jst_cli_limit *limit, uint64_t part, uint64_t whole)
{
    if (!limit->set)
        return false;
    if (limit->percent)
        return (double)part * 100 > limit->share * (double)whole;
    return part > limit->count;
}

/* ---- into the record ------------------------------------------------------------------------- */
static const char *set_int(const joist_field *f, joist_text t, char *at)
{
    int64_t n;
    if (!jst_cli_parse_int(t, &n))
        return "an integer (K, M, G, T may follow)";
    joist_int boxed = JOIST_INT(n);
    memcpy(at, f->boxed ? (const void *)&boxed : &n, f->boxed ? sizeof boxed : sizeof n);
    return NULL;
}

static const char *set_float(const joist_field *f, joist_text t, char *at)
{
    double x;
    if (!jst_cli_parse_float(t, &x))
        return "a number";
    joist_float boxed = JOIST_FLOAT(x);
    memcpy(at, f->boxed ? (const void *)&boxed : &x, f->boxed ? sizeof boxed : sizeof x);
    return NULL;
}

static const char *set_bool(const joist_field *f, joist_text t, char *at)
{
    bool b;
    if (!jst_cli_parse_bool(t, &b))
        return "true or false";
    joist_bool boxed = JOIST_BOOL(b);
    memcpy(at, f->boxed ? (const void *)&boxed : &b, f->boxed ? sizeof boxed : sizeof b);
    return NULL;
}

static const char *set_time(joist_text t, char *at)
{
    joist_time time;
    if (!joist_time_parse(t, &time))
        return "a time like 2026-08-20T03:00:00Z";
    memcpy(at, &time, sizeof time);
    return NULL;
}

static const char *set_text(joist_text t, char *at)
{
    if (t.len && memchr(t.ptr, '\0', t.len))
        return "text without NUL bytes";
    memcpy(at, &t, sizeof t);
    return NULL;
}

const char *jst_cli_value_set(const joist_field *f, joist_text t, void *record)
{
    char *at = (char *)record + f->offset;
    if (joist_field_repeated(f))
        return "nothing: lists cannot be options";
    switch (f->kind) {
    case JOIST_KIND_TEXT: return set_text(t, at);
    case JOIST_KIND_INT: return set_int(f, t, at);
    case JOIST_KIND_FLOAT: return set_float(f, t, at);
    case JOIST_KIND_BOOL: return set_bool(f, t, at);
    case JOIST_KIND_TIME: return set_time(t, at);
    default: return "nothing: fields of this kind cannot be options";
    }
}

const char *jst_cli_value_name(const joist_field *f)
{
    enum { WIDEST = 60 };       /* a column of help has to stay readable */
    if (f->values)
        return strlen(f->values) <= WIDEST ? f->values : "WORD";
    switch (f->kind) {
    case JOIST_KIND_BOOL: return NULL;
    case JOIST_KIND_INT: return "N";
    case JOIST_KIND_FLOAT: return "X";
    case JOIST_KIND_TIME: return "TIME";
    default: return "VALUE";
    }
}

/* ---- alternatives ---------------------------------------------------------------------------- */
bool jst_cli_next_alternative(const char **rest, joist_text *out)
{
    if (!*rest || !**rest)
        return false;
    *out = (joist_text){ *rest, strcspn(*rest, "|") };
    *rest += out->len;
    *rest += **rest == '|';
    return true;
}

bool jst_cli_is_literal(joist_text alternative)
{
    for (size_t i = 0; i < alternative.len; i++)
        if (alternative.ptr[i] >= 'A' && alternative.ptr[i] <= 'Z')
            return false;
    return alternative.len > 0;
}

const char *jst_cli_value_expected(const joist_field *f, joist_text t, joist_arena *arena)
{
    const char *rest = f->values;
    joist_text word, all = JOIST_TEXT("");
    while (jst_cli_next_alternative(&rest, &word)) {
        if (!jst_cli_is_literal(word) || joist_text_equal(word, t))
            return NULL;
        all = joist_arena_printf(arena, "%.*s%s%.*s", JOIST_ARG(all),
                                 !all.len ? "" : *rest ? ", " : " or ", JOIST_ARG(word));
    }
    return all.len ? all.ptr : NULL;
}
