/* SPDX-License-Identifier: Apache-2.0
 * Fields of an event that more than one thing decides. */
#include "event.h"

#include "person.h"

JOIST_RECORD_DEFINE(sent, SENT);
JOIST_RECORD_DEFINE(parsed, PARSED);
JOIST_RECORD_DEFINE(event, EVENT);

enum { LONGEST_ID = 128, ID_DIGITS = 32, HOUR_MS = 3600000, DAY_MS = 24 * HOUR_MS };

bool is_project_hash(joist_text t)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (t.len != sizeof shape - 1)
        return false;
    for (size_t i = 0; i < t.len; i++) {
        char c = t.ptr[i];
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (shape[i] == 'x' ? !hex : c != '-')
            return false;
    }
    return true;
}

/* The same file read again gives the same id. */
joist_text event_id_of(const sent *s, const joist_position *at, joist_arena *a)
{
    if (!joist_text_null(s->request_id) && s->request_id.len <= LONGEST_ID)
        return s->request_id;
    joist_text record = joist_arena_printf(a, "\n%llu", (unsigned long long)at->record);
    joist_text parts[] = { at->origin->hour_path, record };
    joist_text digits = joist_sha256_hex(parts, 2, ID_DIGITS, a);
    return joist_arena_printf(a, "f-%.*s", JOIST_ARG(digits));
}

/* ---- times ----------------------------------------------------------------------------------- */
static bool within_a_day(joist_time t, joist_time hour)
{
    return !hour.set || (t.ms >= hour.ms - DAY_MS && t.ms <= hour.ms + DAY_MS);
}

joist_time deactivated_at_of(const sent *s, const joist_origin *from, joist_warnings *w)
{
    joist_time received;
    bool given = !joist_text_null(s->received_at);
    if (given && joist_time_parse(s->received_at, &received)
        && within_a_day(received, from->folder_hour))
        return received;
    if (!from->folder_hour.set)
        return from->modified;
    if (given)
        joist_warn(w, "received_at", NULL, JOIST_NO_TEXT);
    return from->folder_hour;
}

/* Times before 1970 are negative: the hour still begins before them. */
joist_time window_start_of(const joist_origin *from, joist_time deactivated_at)
{
    int64_t into = deactivated_at.ms % HOUR_MS;
    if (from->folder_hour.set)
        return from->folder_hour;
    return JOIST_TIME_MS(deactivated_at.ms - into - (into < 0 ? HOUR_MS : 0));
}

/* ---- people ---------------------------------------------------------------------------------- */
joist_text admin_email_of(const sent *s, joist_arena *a, joist_warnings *w)
{
    joist_text email = joist_lower(s->email, a);
    if (joist_text_null(email) || is_email(email))
        return email;
    joist_warn(w, "email", NULL, JOIST_NO_TEXT);
    return JOIST_NO_TEXT;
}

joist_text ip_of(const sent *s, joist_arena *a, joist_warnings *w)
{
    if (joist_ip_valid(s->remote_ip))
        return s->remote_ip;
    joist_text ip = joist_json_to_text(s->ip_address, 0, a, w, "", JOIST_TEXT("ip_address"));
    if (joist_text_null(ip) || joist_ip_valid(ip))
        return ip;
    if (joist_text_null(s->remote_ip))
        joist_warn(w, "ip", NULL, JOIST_NO_TEXT);
    return JOIST_NO_TEXT;
}

joist_text reason_id_of(const sent *s, joist_warnings *w)
{
    if (!joist_text_null(s->reason_id))
        return s->reason_id;
    joist_warn(w, "reason_missing", NULL, JOIST_NO_TEXT);
    return JOIST_TEXT("none");
}
