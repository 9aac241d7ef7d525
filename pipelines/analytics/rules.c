/* SPDX-License-Identifier: Apache-2.0 */
#include "rules.h"

static const joist_text none = { "(none)", 6 }, escaped_none = { "=(none)", 7 };
static const joist_text other = { "__other__", 9 }, escaped_other = { "=__other__", 10 };

joist_text key_of(joist_text t)
{
    if (joist_text_null(t))
        return none;
    if (joist_text_equal(t, none))
        return escaped_none;
    return joist_text_equal(t, other) ? escaped_other : t;
}

joist_text key_of_bool(joist_bool b)
{
    if (!b.set)
        return none;
    return b.v ? JOIST_TEXT("true") : JOIST_TEXT("false");
}

static size_t digits(joist_text t, size_t from)
{
    size_t end = from;
    while (end < t.len && t.ptr[end] >= '0' && t.ptr[end] <= '9')
        end++;
    return end - from;
}

joist_text minor_of(joist_text version)
{
    size_t len = digits(version, 0);
    if (!len)
        return none;
    if (len < version.len && version.ptr[len] == '.' && digits(version, len + 1))
        len += 1 + digits(version, len + 1);
    return (joist_text){ version.ptr, len };
}

static bool ends_family(char c)
{
    return c == '/' || c == ' ' || (c >= '\t' && c <= '\r');
}

joist_text family_of(joist_text software, joist_arena *a)
{
    size_t len = 0;
    while (len < software.len && !ends_family(software.ptr[len]))
        len++;
    return len ? key_of(joist_lower((joist_text){ software.ptr, len }, a)) : none;
}

/* ---- days ------------------------------------------------------------------------------------ */

/* Rounds down, also below zero. */
static int64_t whole(int64_t ms, int64_t unit)
{
    return ms / unit - (ms % unit < 0);
}

int64_t day_of(joist_time t)
{
    return whole(t.ms, JOIST_DAYS(1));
}

joist_time hour_of(joist_time t)
{
    return JOIST_TIME_MS(whole(t.ms, JOIST_HOURS(1)) * JOIST_HOURS(1));
}

joist_text day_print(int64_t day, joist_arena *a)
{
    enum { DATE_SIZE = 10 };
    char time[JOIST_TIME_SIZE];
    joist_time_format(day * JOIST_DAYS(1), time);
    return joist_arena_text(a, (joist_text){ time, DATE_SIZE });
}
