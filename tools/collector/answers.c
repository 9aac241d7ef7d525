/* SPDX-License-Identifier: Apache-2.0
 * Answers that are always the same are made once; those with a header of their own are made when
 * needed. */
#include "answers.h"

#include "limits.h"

#include <stdio.h>

static const struct { unsigned status; const char *body; } table[] = {
    { 0, "" },
#define X(id, name, status, body) { status, body },
    OUTCOMES(X)
#undef X
};

struct answers { struct MHD_Response *made[2][OUTCOMES_COUNT]; };

static const char json_type[] = "application/json", page_type[] = "text/plain; version=0.0.4";

/* ---- responses ------------------------------------------------------------------------------- */
/* No memory for the response ends the process, as elsewhere: nothing was promised yet. */
static void set(struct MHD_Response *r, const char *name, const char *value)
{
    if (MHD_add_response_header(r, name, value) != MHD_YES)
        joist_free(joist_malloc(SIZE_MAX / 2));
}

static struct MHD_Response *make(joist_text body, enum MHD_ResponseMemoryMode mode,
                                 const char *type, bool closes)
{
    char *bytes = joist_text_dup(body);
    struct MHD_Response *r = MHD_create_response_from_buffer(body.len, bytes, mode);
    if (mode != MHD_RESPMEM_MUST_FREE)
        joist_free(bytes);
    if (!r)
        joist_free(joist_malloc(SIZE_MAX / 2));
    set(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    if (closes)
        set(r, MHD_HTTP_HEADER_CONNECTION, "close");
    return r;
}

static struct MHD_Response *plain(outcome o, bool closes)
{
    char seconds[16];
    joist_text body = joist_text_of(table[o].body);
    struct MHD_Response *r = make(body, MHD_RESPMEM_MUST_COPY, json_type, closes);
    snprintf(seconds, sizeof seconds, "%d", RETRY_SECONDS);
    if (table[o].status == MHD_HTTP_SERVICE_UNAVAILABLE)
        set(r, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
    return r;
}

answers *answers_new(void)
{
    answers *a = joist_calloc(1, sizeof *a);
    for (int closes = 0; closes < 2; closes++)
        for (int o = PENDING + 1; o < OUTCOMES_COUNT; o++)
            a->made[closes][o] = plain((outcome)o, closes);
    return a;
}

void answers_free(answers *a)
{
    if (!a)
        return;
    for (int closes = 0; closes < 2; closes++)
        for (int o = PENDING + 1; o < OUTCOMES_COUNT; o++)
            MHD_destroy_response(a->made[closes][o]);
    joist_free(a);
}

/* ---- queueing -------------------------------------------------------------------------------- */
static struct MHD_Response *special(const answer *what)
{
    char seconds[24];
    if (what->outcome == METRICS_PAGE)
        return make(what->page, MHD_RESPMEM_MUST_COPY, page_type, what->close);
    struct MHD_Response *r = plain(what->outcome, what->close);
    if (what->allow)
        set(r, MHD_HTTP_HEADER_ALLOW, what->allow);
    if (what->retry_ms > 0) {
        snprintf(seconds, sizeof seconds, "%lld", (long long)(what->retry_ms / 1000 + 1));
        set(r, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
    }
    return r;
}

enum MHD_Result answers_queue(const answers *a, struct MHD_Connection *c, const answer *what)
{
    unsigned status = table[what->outcome].status;
    if (what->outcome != METRICS_PAGE && !what->allow && what->retry_ms <= 0)
        return MHD_queue_response(c, status, a->made[what->close][what->outcome]);
    struct MHD_Response *r = special(what);
    enum MHD_Result queued = MHD_queue_response(c, status, r);
    MHD_destroy_response(r);
    return queued;
}

joist_text answers_too_large(void)
{
    static const char head[] =
        "HTTP/1.1 413 Payload Too Large\r\nContent-Type: application/json\r\nConnection: close\r\n"
        "\r\n" TOO_LARGE_BODY;
    return (joist_text){ head, sizeof head - 1 };
}
