/* SPDX-License-Identifier: Apache-2.0
 * What is stored of one request: the body's members and `_collector`, one line of JSON. */
#ifndef COLLECTOR_EVENT_H
#define COLLECTOR_EVENT_H

#include "joist/json.h"
#include "uuid.h"

typedef enum body_kind { BODY_FORM, BODY_JSON } body_kind;

/* What the collector knows itself. Texts are borrowed; NULL: not sent. */
typedef struct event_facts {
    char request_id[UUID_SIZE];
    int64_t received_ms;
    joist_text remote_ip, user_agent, content_type;
    body_kind kind;
    joist_text body;
} event_facts;

/* Appends the event without a newline. `hash` gets the body's project hash, NULL if it has none;
 * it lives as long as body and arena. False: the body has no field, or is no JSON object. */
bool event_write(joist_buffer *out, const event_facts *facts, uint64_t seed, joist_arena *arena,
                 joist_text *hash);

#endif
