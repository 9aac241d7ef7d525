/* SPDX-License-Identifier: Apache-2.0
 * Dirt in whole files. Tests: dirt_test.c */
#include "dirt.h"
#include "gzip.h"

#define RNG(t) (&(t)->event->rng)

static void compress_all(joist_buffer *b)
{
    joist_buffer packed = { 0 };
    gzip_append(&packed, b->ptr, b->len);
    joist_buffer_free(b);
    *b = packed;
}

void dirt_byte_order_mark(dirt_target *t)
{
    joist_buffer marked = { 0 };
    joist_buffer_text(&marked, JOIST_TEXT("\xEF\xBB\xBF"));
    joist_buffer_text(&marked, joist_buffer_view(t->bytes));
    joist_buffer_free(t->bytes);
    *t->bytes = marked;
}

void dirt_gzipped(dirt_target *t) { compress_all(t->bytes); }

void dirt_gzipped_twice(dirt_target *t)
{
    compress_all(t->bytes);
    compress_all(t->bytes);
}

/* At least the magic bytes stay, else it would be another fault. */
void dirt_truncated_gzip(dirt_target *t)
{
    compress_all(t->bytes);
    t->bytes->len = 2 + rng_below(RNG(t), t->bytes->len - 2);
}

void dirt_damaged_gzip(dirt_target *t)
{
    compress_all(t->bytes);
    if (rng_percent(RNG(t), 50))
        joist_buffer_text(t->bytes, JOIST_TEXT("garbage"));
    else
        t->bytes->ptr[t->bytes->len - 5] ^= 0x55;          /* in the checksum */
}

void dirt_empty_file(dirt_target *t) { t->bytes->len = 0; }

void dirt_blank_file(dirt_target *t)
{
    t->bytes->len = 0;
    joist_buffer_text(t->bytes, JOIST_TEXT(" \n\t\r\n"));
}

void dirt_truncated_file(dirt_target *t)
{
    t->bytes->len = 1 + rng_below(RNG(t), t->bytes->len - 1);
}

/* The same value again, some newlines taken out, and a scalar or two between them. */
void dirt_several_values(dirt_target *t)
{
    static const char *const between[] = { "", " ", "\n", "\n\n null ", " 42 \"word\"", "[]" };
    joist_buffer *b = t->bytes;
    const char *glue = RNG_PICK(RNG(t), between);
    size_t len = b->len && b->ptr[b->len - 1] == '\n' ? b->len - 1 : b->len;
    b->len = len;
    joist_buffer_add(b, glue, strlen(glue));
    joist_buffer_reserve(b, len);
    memcpy(b->ptr + b->len, b->ptr, len);
    b->len += len;
    t->suffix = ".json";
}

void dirt_foreign_name(dirt_target *t)
{
    static const char *const suffixes[] = { ".tmp", ".txt", ".json.part", ".JSON", "" };
    t->suffix = RNG_PICK(RNG(t), suffixes);
    t->hidden = rng_percent(RNG(t), 30);
}
