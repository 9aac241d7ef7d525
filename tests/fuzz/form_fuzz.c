/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes what the collector makes of a body: once as a form, once as JSON. Whatever came, an event
 * is one strictly valid JSON object of one line, its last member is our `_collector` and there is
 * no other, and it is the same whatever the seed of the hash tables. Any difference aborts.
 * Seeds: tests/fuzz/seeds/form. */
#include "../../tools/collector/event.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void must_be_event(joist_text line, joist_arena *arena)
{
    joist_json_error e;
    size_t count, ours = 0;
    must(joist_json_skip(line, &e) == line.len && !memchr(line.ptr, '\n', line.len));
    const joist_member *members =
        joist_json_members((joist_json){ line.ptr, line.len }, arena, &count);
    for (size_t i = 0; i < count; i++)
        ours += joist_text_equal(members[i].key, JOIST_TEXT("_collector"));
    must(ours == 1 && joist_text_equal(members[count - 1].key, JOIST_TEXT("_collector")));
    const char *first = memmem(line.ptr, line.len, "\"_collector\":{\"v\":1,\"request_id\":", 33);
    must(first != NULL);
}

static bool write(joist_buffer *out, body_kind kind, joist_text body, uint64_t seed,
                  joist_arena *arena)
{
    event_facts f = { .received_ms = 1645557742000, .remote_ip = JOIST_TEXT("192.0.2.7"),
                      .user_agent = body, .content_type = body, .kind = kind, .body = body };
    joist_text hash;
    memcpy(f.request_id, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f", sizeof f.request_id);
    bool good = event_write(out, &f, seed, arena, &hash);
    must(good || out->len == 0);
    return good;
}

static void try_kind(body_kind kind, joist_text body)
{
    joist_arena *arena = joist_arena_new();
    joist_buffer one = { 0 }, two = { 0 };
    bool good = write(&one, kind, body, 1, arena);
    must(write(&two, kind, body, 0x123456789abcdef, arena) == good);
    must(joist_text_equal(joist_buffer_view(&one), joist_buffer_view(&two)));
    if (good)
        must_be_event(joist_buffer_view(&one), arena);
    joist_buffer_free(&one);
    joist_buffer_free(&two);
    joist_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    joist_text body = { (const char *)data, size };
    try_kind(BODY_FORM, body);
    try_kind(BODY_JSON, body);
    return 0;
}
