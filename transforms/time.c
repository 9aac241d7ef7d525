/* SPDX-License-Identifier: Apache-2.0
 * RFC 3339 and its parts, by hand: no locale, no time zone database, no leap seconds table.
 * Instants whose UTC year is not 0000-9999 cannot be written, so they are not read either. */
#include <joist.h>

enum { DAY_MS = 86400000, HOUR_MS = 3600000, MINUTE_MS = 60000 };

static const int64_t FIRST_MS = -62167219200000, LAST_MS = 253402300799999;

/* Days since 1970-01-01 of a proleptic Gregorian date; years begin in March, so the leap day
 * comes last. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t era = (y >= 0 ? y : y - 399) / 400, year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void date_of(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(y + era * 400 + (*month <= 2));
}

static int month_days(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* `width` digits off the head of *t, at most `most`. */
static bool number(joist_text *t, size_t width, int most, int *out)
{
    if (t->len < width)
        return false;
    *out = 0;
    for (size_t i = 0; i < width; i++) {
        if (t->ptr[i] < '0' || t->ptr[i] > '9')
            return false;
        *out = *out * 10 + (t->ptr[i] - '0');
    }
    t->ptr += width;
    t->len -= width;
    return *out <= most;
}

static bool character(joist_text *t, char lower)
{
    if (!t->len || (*t->ptr | (lower >= 'a' && lower <= 'z' ? 0x20 : 0)) != lower)
        return false;
    t->ptr++;
    t->len--;
    return true;
}

static bool date(joist_text *t, int64_t *days)
{
    int y, m, d;
    if (!number(t, 4, 9999, &y) || !character(t, '-') || !number(t, 2, 12, &m) || !character(t, '-')
        || !number(t, 2, 31, &d) || m < 1 || d < 1 || d > month_days(y, m))
        return false;
    *days = days_of(y, m, d);
    return true;
}

/* .ddd…, at least one digit where there is a dot; cut, not rounded. */
static bool fraction(joist_text *t, int64_t *ms)
{
    *ms = 0;
    if (!character(t, '.'))
        return true;
    int digit, scale = 100;
    if (!number(t, 1, 9, &digit))
        return false;
    do {
        *ms += digit * scale;
        scale /= 10;
    } while (t->len && *t->ptr >= '0' && *t->ptr <= '9' && number(t, 1, 9, &digit));
    return true;
}

static bool clock_time(joist_text *t, int64_t *ms)
{
    int h, m, s;
    if (!number(t, 2, 23, &h) || !character(t, ':') || !number(t, 2, 59, &m) || !character(t, ':')
        || !number(t, 2, 60, &s) || !fraction(t, ms))
        return false;
    *ms += (int64_t)h * HOUR_MS + (int64_t)m * MINUTE_MS + (int64_t)s * 1000;
    return true;
}

static bool zone(joist_text *t, int64_t *offset_ms)
{
    *offset_ms = 0;
    if (character(t, 'z'))
        return true;
    int h, m;
    bool west = t->len && *t->ptr == '-';
    if ((!west && !character(t, '+')) || (west && !character(t, '-')))
        return false;
    if (!number(t, 2, 23, &h) || !character(t, ':') || !number(t, 2, 59, &m))
        return false;
    *offset_ms = ((int64_t)h * HOUR_MS + (int64_t)m * MINUTE_MS) * (west ? -1 : 1);
    return true;
}

bool joist_time_parse(joist_text t, joist_time *out)
{
    int64_t days, ms, offset;
    *out = (joist_time){ 0 };
    if (!date(&t, &days) || !character(&t, 't') || !clock_time(&t, &ms) || !zone(&t, &offset)
        || t.len)
        return false;
    int64_t at = days * DAY_MS + ms - offset;
    if (at < FIRST_MS || at > LAST_MS)
        return false;
    *out = JOIST_TIME_MS(at);
    return true;
}

bool joist_date_valid(joist_text t)
{
    int64_t days;
    return date(&t, &days) && !t.len;
}

bool joist_hour_parse(joist_text t, joist_time *out)
{
    int64_t days;
    int hour;
    *out = (joist_time){ 0 };
    if (!date(&t, &days) || !character(&t, 't') || !number(&t, 2, 23, &hour) || t.len)
        return false;
    *out = JOIST_TIME_MS(days * DAY_MS + (int64_t)hour * HOUR_MS);
    return true;
}

static void put(char *out, int width, int64_t n)
{
    for (int i = width; i-- > 0; n /= 10)
        out[i] = (char)('0' + n % 10);
}

void joist_time_format(int64_t ms, char out[JOIST_TIME_SIZE])
{
    ms = ms < FIRST_MS ? FIRST_MS : ms > LAST_MS ? LAST_MS : ms;
    int64_t days = (ms >= 0 ? ms : ms - (DAY_MS - 1)) / DAY_MS, rest = ms - days * DAY_MS;
    int year, month, day;
    date_of(days, &year, &month, &day);
    memcpy(out, "0000-00-00T00:00:00.000Z", JOIST_TIME_SIZE);
    put(out, 4, year);
    put(out + 5, 2, month);
    put(out + 8, 2, day);
    put(out + 11, 2, rest / HOUR_MS);
    put(out + 14, 2, rest / MINUTE_MS % 60);
    put(out + 17, 2, rest / 1000 % 60);
    put(out + 20, 3, rest % 1000);
}

joist_text joist_time_print(joist_time t, joist_arena *a)
{
    if (!t.set)
        return JOIST_NO_TEXT;
    char *out = joist_arena_alloc(a, JOIST_TIME_SIZE);
    joist_time_format(t.ms, out);
    return (joist_text){ out, JOIST_TIME_SIZE };
}
