/* SPDX-License-Identifier: Apache-2.0
 * Numbers in texts. Stricter than strtoll and strtod, which skip blanks, know hex, and stop where
 * they like. */
#include <errno.h>
#include <joist.h>
#include <math.h>
#include <stdlib.h>

enum { LONGEST_NUMBER = 400 };      /* the longest finite double without an exponent has 310 */

static size_t sign(joist_text t, size_t at)
{
    return at < t.len && (t.ptr[at] == '-' || t.ptr[at] == '+');
}

static size_t digits(joist_text t, size_t at)
{
    size_t n = 0;
    while (at + n < t.len && t.ptr[at + n] >= '0' && t.ptr[at + n] <= '9')
        n++;
    return n;
}

/* A NUL behind the number, which strtoll and strtod want. */
static bool copied(joist_text t, char copy[LONGEST_NUMBER + 1])
{
    if (t.len > LONGEST_NUMBER)
        return false;
    memcpy(copy, t.ptr, t.len);
    copy[t.len] = '\0';
    errno = 0;
    return true;
}

bool joist_int_parse(joist_text t, int64_t *out)
{
    char copy[LONGEST_NUMBER + 1];
    size_t from = sign(t, 0), n = digits(t, from);
    if (n == 0 || from + n != t.len || !copied(t, copy))
        return false;
    long long value = strtoll(copy, NULL, 10);
    if (errno == 0)
        *out = value;
    return errno == 0;
}

static bool is_decimal(joist_text t)
{
    size_t at = sign(t, 0), whole = digits(t, at), part = 0;
    at += whole;
    if (at < t.len && t.ptr[at] == '.') {
        part = digits(t, at + 1);
        at += 1 + part;
    }
    if (whole + part > 0 && at < t.len && (t.ptr[at] == 'e' || t.ptr[at] == 'E')) {
        size_t exponent = at + 1 + sign(t, at + 1), n = digits(t, exponent);
        return n > 0 && exponent + n == t.len;
    }
    return whole + part > 0 && at == t.len;
}

bool joist_float_parse(joist_text t, double *out)
{
    char copy[LONGEST_NUMBER + 1];
    if (!is_decimal(t) || !copied(t, copy))
        return false;
    double value = strtod(copy, NULL);
    if (isfinite(value))                /* too small becomes 0 or nearly so, and is fine */
        *out = value;
    return isfinite(value);
}
