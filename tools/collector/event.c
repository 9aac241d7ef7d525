/* SPDX-License-Identifier: Apache-2.0
 * `_collector` is the collector's: one that was sent is dropped, however it was spelled. It comes
 * last, where of two keys that are the same to a reader it would win. */
#include "event.h"

#include "agent.h"
#include "form.h"
#include "json_body.h"
#include "limits.h"
#include "utf8.h"

enum { UTF8_REPAIRED = 1, TRUNCATED = 2, JSON_BODY = 4, UA_MISMATCH = 8 };

static const struct { unsigned flag; const char *name; } flags_names[] = {
    { UTF8_REPAIRED, "utf8_repaired" }, { TRUNCATED, "truncated" }, { JSON_BODY, "json_body" },
    { UA_MISMATCH, "ua_mismatch" },
};

typedef struct writer {
    joist_buffer *out;
    unsigned flags;
    joist_text hash, url;
} writer;

/* ---- the members of a form ------------------------------------------------------------------- */
static void write_text(writer *w, joist_text t)
{
    if (!utf8_valid(t))
        w->flags |= UTF8_REPAIRED;
    joist_json_write_text(w->out, t);
}

static void write_node(writer *w, const form_node *n);

static void write_members(writer *w, const form_node *container, bool keys)
{
    for (const form_node *n = container->first; n; n = n->next) {
        if (n != container->first)
            joist_buffer_byte(w->out, ',');
        if (keys) {
            write_text(w, n->key);
            joist_buffer_byte(w->out, ':');
        }
        write_node(w, n);
    }
}

/* Indices 0, 1, 2 … are a list, as PHP's own json_encode has it. */
static void write_node(writer *w, const form_node *n)
{
    if (n->value.ptr) {
        write_text(w, n->value);
        return;
    }
    joist_buffer_byte(w->out, n->list ? '[' : '{');
    write_members(w, n, !n->list);
    joist_buffer_byte(w->out, n->list ? ']' : '}');
}

static joist_text leaf(const form *f, joist_text key)
{
    const form_node *n = form_member(&f->root, key);
    return n ? n->value : JOIST_NO_TEXT;
}

static void drop(form *f, joist_text key)
{
    form_node **link = &f->root.first;
    while (*link && !joist_text_equal((*link)->key, key))
        link = &(*link)->next;
    if (*link)
        *link = (*link)->next;
}

static bool write_form(writer *w, joist_text body, uint64_t seed, joist_arena *arena)
{
    form f;
    form_decode(&f, body, seed, arena);
    if (!f.root.first)
        return false;
    drop(&f, JOIST_TEXT("_collector"));
    w->flags |= f.truncated ? TRUNCATED : 0;
    w->hash = leaf(&f, JOIST_TEXT("hash"));
    w->url = leaf(&f, JOIST_TEXT("url"));
    joist_buffer_byte(w->out, '{');
    write_members(w, &f.root, true);
    return true;
}

static bool write_json(writer *w, joist_text body, joist_arena *arena)
{
    json_body found;
    if (!json_body_copy(w->out, body, arena, &found))
        return false;
    w->flags |= JSON_BODY | (found.truncated ? TRUNCATED : 0)
        | (found.repaired ? UTF8_REPAIRED : 0);
    w->hash = found.hash;
    w->url = found.url;
    return true;
}

/* ---- _collector ------------------------------------------------------------------------------ */
/* `before` is the name with all that stands around it. */
static void write_named(joist_buffer *out, joist_text before, joist_text value)
{
    joist_buffer_text(out, before);
    joist_json_write_text(out, value);
}

static joist_text header(joist_text value)
{
    return value.ptr ? joist_cut(value, HEADER_TEXT_MAX) : value;
}

static void write_flags(joist_buffer *out, unsigned flags)
{
    bool first = true;
    joist_buffer_byte(out, '[');
    for (size_t i = 0; i < sizeof flags_names / sizeof *flags_names; i++) {
        if (!(flags & flags_names[i].flag))
            continue;
        joist_buffer_printf(out, "%s\"%s\"", first ? "" : ",", flags_names[i].name);
        first = false;
    }
    joist_buffer_byte(out, ']');
}

static void write_collector(writer *w, const event_facts *f)
{
    char received[JOIST_TIME_SIZE];
    joist_text md5 = agent_md5(f->user_agent);
    if (md5.ptr && !agent_matches(md5, w->url.ptr ? w->url : JOIST_TEXT("")))
        w->flags |= UA_MISMATCH;
    joist_time_format(f->received_ms, received);
    write_named(w->out, JOIST_TEXT("\"_collector\":{\"v\":1,\"request_id\":"),
                (joist_text){ f->request_id, sizeof f->request_id });
    write_named(w->out, JOIST_TEXT(",\"received_at\":"),
                (joist_text){ received, sizeof received });
    write_named(w->out, JOIST_TEXT(",\"remote_ip\":"), f->remote_ip);
    write_named(w->out, JOIST_TEXT(",\"user_agent\":"), header(f->user_agent));
    write_named(w->out, JOIST_TEXT(",\"ua_site_md5\":"), md5);
    write_named(w->out, JOIST_TEXT(",\"content_type\":"), header(f->content_type));
    joist_buffer_text(w->out, JOIST_TEXT(",\"content_length\":"));
    joist_json_write_int(w->out, (int64_t)f->body.len);
    joist_buffer_text(w->out, JOIST_TEXT(",\"route\":\"deactivate\",\"flags\":"));
    write_flags(w->out, w->flags);
    joist_buffer_add(w->out, "}}", 2);
}

bool event_write(joist_buffer *out, const event_facts *facts, uint64_t seed, joist_arena *arena,
                 joist_text *hash)
{
    writer w = { .out = out };
    size_t begin = out->len;
    bool good = facts->kind == BODY_JSON ? write_json(&w, facts->body, arena)
                                         : write_form(&w, facts->body, seed, arena);
    if (!good)
        return false;
    if (out->len > begin + 1)
        joist_buffer_byte(out, ',');
    write_collector(&w, facts);
    *hash = w.hash;
    return true;
}
