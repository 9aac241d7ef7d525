/* SPDX-License-Identifier: Apache-2.0
 * Dirt in the bytes of one record. `bytes` holds the record without its newline, and none of
 * these puts a newline into it but blank_lines, which puts them before it. Tests: dirt_test.c */
#include "dirt.h"

#define RNG(t) (&(t)->event->rng)

static void replace_all(joist_buffer *b, const char *text)
{
    b->len = 0;
    joist_buffer_add(b, text, strlen(text));
}

static void insert(joist_buffer *b, size_t at, const char *text)
{
    size_t len = strlen(text);
    joist_buffer_reserve(b, len);
    memmove(b->ptr + at + len, b->ptr + at, b->len - at);
    memcpy(b->ptr + at, text, len);
    b->len += len;
}

void dirt_malformed(dirt_target *t)
{
    static const char *const ends[] = { ",}", "", "}}", ",\"x\":NaN}", ",'x':1}", ",x:1}",
                                        ",\"x\":01}",
        ",\"x\":True}", ",\"x\":1 \"y\":2}", ",\"x\":.5}", ",\"x\":\"\\x41\"}", "/* end */}",
            ",\"x\":[1,]}",
        ",\"x\":+1}", ",\"x\":\"open}", ",\"x\":1e}", ",\"x\":}", ",\"x\"}", ",\"x\":\"\\u12g4\"}",
            "} trailing" };
    t->bytes->len--;                                       /* the closing brace */
    const char *end = RNG_PICK(RNG(t), ends);
    joist_buffer_add(t->bytes, end, strlen(end));
}

void dirt_truncated_record(dirt_target *t)
{
    t->bytes->len = 1 + rng_below(RNG(t), t->bytes->len - 1);
}

void dirt_not_object(dirt_target *t)
{
    static const char *const others[] = { "[]", "\"deactivated\"", "42", "null", "true", "-1.5e3",
                                          "[{\"url\":\"https://shop.example\"}]" };
    replace_all(t->bytes, RNG_PICK(RNG(t), others));
}

void dirt_glued_records(dirt_target *t)
{
    size_t len = t->bytes->len;
    joist_buffer_reserve(t->bytes, len);
    memcpy(t->bytes->ptr + len, t->bytes->ptr, len);
    t->bytes->len = 2 * len;
}

/* A blank behind every `,` and `:` outside strings. */
void dirt_spaced(dirt_target *t)
{
    joist_buffer in = *t->bytes;
    joist_buffer out = { 0 };
    bool inside = false;
    joist_buffer_text(&out, JOIST_TEXT("  \t"));
    for (size_t i = 0; i < in.len; i++) {
        char c = in.ptr[i];
        joist_buffer_byte(&out, c);
        if (inside && c == '\\' && i + 1 < in.len)
            joist_buffer_byte(&out, in.ptr[++i]);
        else if (c == '"')
            inside = !inside;
        else if (!inside && (c == ',' || c == ':'))
            joist_buffer_byte(&out, ' ');
    }
    joist_buffer_text(&out, JOIST_TEXT(" \r"));
    joist_buffer_free(t->bytes);
    *t->bytes = out;
}

void dirt_blank_lines(dirt_target *t)
{
    insert(t->bytes, 0, rng_percent(RNG(t), 50) ? "\n\n" : "  \n\t\r\n");
}
