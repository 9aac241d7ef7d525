/* SPDX-License-Identifier: Apache-2.0
 * The text is checked first, by the scanner that reading uses, so the copy has only to follow
 * tokens: it never meets anything malformed. */
#include "json_body.h"

#include "../../transforms/json_bytes.h"
#include "../../transforms/json_scan.h"
#include "../../transforms/json_string.h"
#include "../../transforms/json_utf8.h"
#include "limits.h"
#include "utf8.h"

typedef struct copy {
    const char *p, *end;
    joist_buffer *out;
    joist_arena *arena;
    json_body *found;
    size_t leaves;
} copy;

/* ---- tokens ---------------------------------------------------------------------------------- */
static char peek(copy *c)
{
    c->p = jst_json_skip_space(c->p, c->end);
    return c->p < c->end ? *c->p : '\0';
}

static joist_text string_token(copy *c)
{
    const char *from = c->p++;
    while (c->p < c->end && *c->p != '"') {
        c->p = jst_json_plain_end(c->p, c->end);
        if (c->p < c->end && *c->p == '\\')
            c->p += 2;
    }
    c->p++;
    return (joist_text){ from, (size_t)(c->p - from) };
}

static joist_text bare_token(copy *c)
{
    const char *from = c->p;
    while (c->p < c->end && !strchr(",]} \t\r\n", *c->p))
        c->p++;
    return (joist_text){ from, (size_t)(c->p - from) };
}

static joist_text scalar_token(copy *c)
{
    return *c->p == '"' ? string_token(c) : bare_token(c);
}

/* A container that is left out, however deep: only its brackets count. */
static void skip_container(copy *c)
{
    size_t depth = 0;
    do {
        char first = peek(c);
        if (first == '"') {
            string_token(c);
            continue;
        }
        depth += first == '{' || first == '[';
        depth -= first == '}' || first == ']';
        c->p++;
    } while (depth);
}

/* ---- what is kept ---------------------------------------------------------------------------- */
static bool is_container(char first)
{
    return first == '{' || first == '[';
}

/* Goes past the value if there is no room for it. */
static bool left_out(copy *c, int depth)
{
    bool container = is_container(peek(c));
    if (c->leaves < LEAVES_MAX && !(container && depth > DEPTH_MAX))
        return false;
    if (container)
        skip_container(c);
    else
        scalar_token(c);
    c->found->truncated = true;
    return true;
}

static void copy_value(copy *c, int depth);

/* Behind a member or an item: on to the next, or past the end. */
static bool go_on(copy *c)
{
    bool more = peek(c) == ',';
    c->p++;
    return more;
}

static void separate(copy *c, size_t empty)
{
    if (c->out->len != empty)
        joist_buffer_byte(c->out, ',');
}

static void copy_array(copy *c, int depth)
{
    joist_buffer_byte(c->out, *c->p++);
    size_t empty = c->out->len;
    bool more = peek(c) != ']' || (c->p++, false);
    for (; more; more = go_on(c)) {
        if (left_out(c, depth + 1))
            continue;
        separate(c, empty);
        copy_value(c, depth + 1);
    }
    joist_buffer_byte(c->out, ']');
}

/* What the collector looks at itself. */
static void notice(copy *c, joist_text key)
{
    joist_text *wanted = joist_text_equal(key, JOIST_TEXT("hash")) ? &c->found->hash
                       : joist_text_equal(key, JOIST_TEXT("url")) ? &c->found->url : NULL;
    if (!wanted)
        return;
    const char *at = c->p;
    *wanted = JOIST_NO_TEXT;
    if (peek(c) == '"') {
        joist_text token = string_token(c);
        *wanted = jst_string_text((joist_json){ token.ptr, token.len }, c->arena);
    }
    c->p = at;
}

static bool is_ours(copy *c, joist_text key)
{
    if (!joist_text_equal(key, JOIST_TEXT("_collector")))
        return false;
    if (is_container(peek(c)))
        skip_container(c);
    else
        scalar_token(c);
    return true;
}

static void copy_member(copy *c, int depth, size_t empty)
{
    joist_text key = string_token(c);
    peek(c);
    c->p++;                                 /* the colon */
    if (depth == 1) {
        joist_text name = jst_string_text((joist_json){ key.ptr, key.len }, c->arena);
        if (is_ours(c, name))
            return;
        notice(c, name);
    }
    if (left_out(c, depth + 1))
        return;
    separate(c, empty);
    joist_buffer_text(c->out, key);
    joist_buffer_byte(c->out, ':');
    copy_value(c, depth + 1);
}

/* Without the closing brace. */
static void copy_members(copy *c, int depth)
{
    joist_buffer_byte(c->out, *c->p++);
    size_t empty = c->out->len;
    bool more = peek(c) != '}' || (c->p++, false);
    for (; more; more = go_on(c)) {
        peek(c);
        copy_member(c, depth, empty);
    }
}

static void copy_value(copy *c, int depth)
{
    switch (peek(c)) {
    case '{':
        copy_members(c, depth);
        joist_buffer_byte(c->out, '}');
        break;
    case '[':
        copy_array(c, depth);
        break;
    default:
        joist_buffer_text(c->out, scalar_token(c));
        c->leaves++;
    }
}

/* ---- the body -------------------------------------------------------------------------------- */
static bool is_object(joist_text t)
{
    jst_json_scan scan;
    size_t used;
    jst_json_scan_begin(&scan);
    if (jst_json_scan_feed(&scan, t.ptr, t.len, true, &used) != JST_SCAN_VALUE_END)
        return false;
    const char *end = t.ptr + t.len;
    return t.ptr[scan.start] == '{' && jst_json_skip_space(t.ptr + used, end) == end;
}

bool json_body_copy(joist_buffer *out, joist_text body, joist_arena *arena, json_body *found)
{
    *found = (json_body){ .truncated = false };
    if (joist_text_starts(body, JOIST_TEXT("\xEF\xBB\xBF")))
        body = (joist_text){ body.ptr + 3, body.len - 3 };
    found->repaired = !utf8_valid(body);
    if (found->repaired) {
        joist_buffer good = joist_buffer_in(arena, body.len);
        jst_utf8_repair(&good, body);
        body = joist_buffer_view(&good);
    }
    if (!is_object(body))
        return false;
    copy c = { body.ptr, body.ptr + body.len, out, arena, found, 0 };
    peek(&c);
    copy_members(&c, 1);
    return true;
}
