/* SPDX-License-Identifier: Apache-2.0
 * The table of storages, and the names of objects. */
#include "store.h"

#include "joist/connector.h"
#include "joist/text.h"

#include <inttypes.h>
#include <stdio.h>

static const store_kind *const kinds[] = { &store_directory, &store_null };

bool store_open(store *out, joist_text uri, joist_error *e)
{
    joist_text scheme = joist_uri_scheme(uri);
    *out = (store){ .kind = NULL };
    if (scheme.len == 0)
        scheme = joist_text_of(store_directory.scheme);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (joist_text_equal(joist_text_of(kinds[i]->scheme), scheme))
            out->kind = kinds[i];
    if (!out->kind) {
        joist_fail_with(e, JOIST_USAGE, "no storage is called '%.*s:'",
                        (int)(scheme.len < 40 ? scheme.len : 40), scheme.ptr);
        return false;
    }
    out->self = out->kind->open(joist_uri_rest(uri), e);
    return out->self != NULL;
}

void store_close(store *s)
{
    if (s->self)
        s->kind->close(s->self);
    *s = (store){ .kind = NULL };
}

void object_name(char out[OBJECT_NAME_SIZE], int64_t received_ms, const char *request_id,
                 bool several)
{
    char t[JOIST_TIME_SIZE];                /* YYYY-MM-DDTHH:MM:SS.mmmZ */
    joist_time_format(received_ms, t);
    t[4] = t[7] = t[10] = '/';
    snprintf(out, OBJECT_NAME_SIZE, "deactivate/%.13s/%" PRId64 "-%.36s.%s", t, received_ms,
             request_id, several ? "ndjson" : "json");
}
