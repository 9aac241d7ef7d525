/* SPDX-License-Identifier: Apache-2.0
 * application/json: one object, checked strictly and copied token by token, so that numbers and
 * escapes stay as they were sent. */
#ifndef COLLECTOR_JSON_BODY_H
#define COLLECTOR_JSON_BODY_H

#include "joist/json.h"

typedef struct json_body {
    bool truncated;             /* something beyond LEAVES_MAX or DEPTH_MAX was left out */
    bool repaired;              /* there was text that is no UTF-8: U+FFFD stands in its place */
    joist_text hash, url;       /* the members of these names if they are strings, decoded */
} json_body;

/* Appends "{" and the members but `_collector`, without the closing brace. False: the body is no
 * JSON object, and `out` is as it was. A byte order mark in front is ignored. */
bool json_body_copy(joist_buffer *out, joist_text body, joist_arena *arena, json_body *found);

#endif
