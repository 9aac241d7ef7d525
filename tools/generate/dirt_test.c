/* SPDX-License-Identifier: Apache-2.0
 * Tests: dirt.c dirt_value.c dirt_site.c dirt_key.c dirt_text.c dirt_file.c */
#include <criterion/criterion.h>
#include <jansson.h>
#include <zlib.h>

#include "generate.h"

enum { TRIES = 40 };

typedef struct fixture {
    options o;
    joist_arena *arena;
    project *projects;
    source s;
    joist_buffer record, clean;
} fixture;

static fixture *begin(const char *kind)
{
    fixture *f = joist_calloc(1, sizeof *f);
    char error[512];
    char *argv[] = { "generate", "--out", "x", "--count", "1000", "--dirt", "100", "--only",
                     (char *)kind };
    cr_assert(options_parse(&f->o, COUNT_OF(argv), argv, error, sizeof error), "%s", error);
    f->arena = joist_arena_new();
    f->projects = projects_make(1, 20);
    f->s = source_of(&f->o, f->projects, f->arena);
    return f;
}

static void end(fixture *f)
{
    joist_buffer_free(&f->record);
    joist_buffer_free(&f->clean);
    joist_free(f->projects);
    joist_arena_free(f->arena);
    joist_free(f);
}

static void make(fixture *f, uint64_t index)
{
    event e;
    f->o.dirt = 0;
    cr_assert_null(generate_record(&f->o, &f->s, index, &e, &f->clean));
    f->o.dirt = 100;
    cr_assert_eq(generate_record(&f->o, &f->s, index, &e, &f->record), f->o.only);
}

/* The record as jansson reads it; NULL: it does not. */
static json_t *load(fixture *f, uint64_t index)
{
    make(f, index);
    return json_loadb(f->record.ptr, f->record.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

Test(dirt, names_are_unique_and_found)
{
    for (size_t i = 0; i < dirt_kinds_count; i++) {
        cr_expect_eq(dirt_find(dirt_kinds[i].name), &dirt_kinds[i]);
        cr_expect(dirt_kinds[i].weight > 0 && *dirt_kinds[i].doc);
    }
    cr_expect_null(dirt_find("no_such_dirt"));
}

Test(dirt, every_kind_is_drawn_but_file_kinds_only_for_files)
{
    bool *drawn = joist_calloc(dirt_kinds_count, sizeof *drawn);
    rng r = rng_of(5, STREAM_DIRT, 0);
    for (int i = 0; i < 20000; i++) {
        drawn[dirt_pick(&r, true) - dirt_kinds] = true;
        cr_assert_neq(dirt_pick(&r, false)->level, DIRT_FILE);
    }
    for (size_t i = 0; i < dirt_kinds_count; i++)
        cr_expect(drawn[i], "%s", dirt_kinds[i].name);
    joist_free(drawn);
}

/* No kind leaves its events as they were, and VALUE and TEXT kinds leave no newline inside. */
Test(dirt, every_kind_changes_records)
{
    for (size_t k = 0; k < dirt_kinds_count; k++) {
        if (dirt_kinds[k].level == DIRT_FILE)
            continue;
        fixture *f = begin(dirt_kinds[k].name);
        size_t changed = 0;
        for (uint64_t i = 0; i < TRIES; i++) {
            make(f, i);
            changed += f->record.len != f->clean.len
                || memcmp(f->record.ptr, f->clean.ptr, f->record.len) != 0;
            bool newline = memchr(f->record.ptr, '\n', f->record.len) != NULL;
            cr_assert(!newline || !strcmp(f->o.only->name, "blank_lines"), "%s", f->o.only->name);
        }
        cr_expect_gt(changed, TRIES / 5u, "%s changed %zu of %d", dirt_kinds[k].name, changed,
                     TRIES);
        end(f);
    }
}

/* What each kind does to JSON: 'y' is JSON still, 'n' is none, 's' depends. */
static char json_fate(const char *name)
{
    static const char *const never[] = { "malformed", "raw_controls", "glued_records" };
    static const char *const depends[] = { "bad_utf8", "lone_surrogates", "big_numbers", "too_deep",
                                           "truncated_record", "mistyped_fields" };
    for (size_t i = 0; i < COUNT_OF(never); i++)
        if (!strcmp(never[i], name))
            return 'n';
    for (size_t i = 0; i < COUNT_OF(depends); i++)
        if (!strcmp(depends[i], name))
            return 's';
    return 'y';
}

Test(dirt, is_json_or_not_as_meant)
{
    for (size_t k = 0; k < dirt_kinds_count; k++) {
        char fate = json_fate(dirt_kinds[k].name);
        if (dirt_kinds[k].level == DIRT_FILE || fate == 's')
            continue;
        fixture *f = begin(dirt_kinds[k].name);
        for (uint64_t i = 0; i < TRIES; i++) {
            json_t *json = load(f, i);
            cr_expect_eq(json != NULL, fate == 'y', "%s, event %zu", dirt_kinds[k].name, (size_t)i);
            json_decref(json);
        }
        end(f);
    }
}

static const char *text_of(json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    return text ? text : "";
}

Test(dirt, oversize_is_over_a_mebibyte)
{
    fixture *f = begin("oversize");
    make(f, 3);
    cr_expect_gt(f->record.len, 1u << 20);
    end(f);
}

Test(dirt, huge_plugins_are_over_five_hundred)
{
    fixture *f = begin("huge_plugins");
    json_t *json = load(f, 3);
    cr_expect_gt(json_object_size(json_object_get(json, "plugins")), 500u);
    json_decref(json);
    end(f);
}

Test(dirt, replayed_is_an_earlier_event_to_the_byte)
{
    fixture *f = begin("replayed");
    make(f, 400);
    joist_buffer wanted = { 0 };
    joist_buffer_text(&wanted, joist_buffer_view(&f->record));
    size_t same = 0;
    for (uint64_t i = 350; i < 400; i++) {
        make(f, i);
        same += joist_text_equal(joist_buffer_view(&wanted), joist_buffer_view(&f->clean));
    }
    cr_expect_eq(same, 1u);
    joist_buffer_free(&wanted);
    end(f);
}

Test(dirt, resent_differs_in_the_request_only)
{
    fixture *f = begin("resent");
    json_t *json = load(f, 400);
    event e;
    event_make(&e, &f->s, 400);
    cr_expect_str_eq(text_of(json_object_get(json, "_collector"), "request_id"), e.request_id);
    cr_expect_str_neq(text_of(json, "url"), e.url);
    json_decref(json);
    end(f);
}

Test(dirt, projects_and_reasons_are_what_they_say)
{
    fixture *f = begin("inactive_project");
    json_t *json = load(f, 1);
    bool inactive = false;
    for (size_t i = 0; i < 20; i++)
        inactive |= !f->projects[i].active && !strcmp(f->projects[i].hash, text_of(json, "hash"));
    cr_expect(inactive);
    json_decref(json);
    f->o.only = dirt_find("retired_reason");
    json = load(f, 1);
    bool retired = false;
    for (size_t i = 0; i < 20; i++) {
        const project *p = &f->projects[i];
        retired |= p->reasons_count && !strcmp(p->hash, text_of(json, "hash"))
            && !strcmp(p->reasons[p->reasons_count - 1], text_of(json, "reason_id"));
    }
    cr_expect(retired);
    json_decref(json);
    end(f);
}

/* ---- whole files ----------------------------------------------------------------------------- */
static joist_buffer spoil(const char *kind, uint64_t index, const char **suffix)
{
    joist_arena *arena = joist_arena_new();
    source s = { .arena = arena };
    event e = { .source = &s, .rng = rng_of(1, STREAM_DIRT, index) };
    joist_buffer bytes = { 0 };
    joist_buffer_text(&bytes, JOIST_TEXT("{\"a\":1}\n"));
    dirt_target t = { .event = &e, .bytes = &bytes, .suffix = ".json" };
    dirt_find(kind)->apply(&t);
    if (suffix)
        *suffix = t.suffix;
    joist_arena_free(arena);
    return bytes;
}

/* How zlib ends on one member of it: Z_STREAM_END, Z_BUF_ERROR (cut off) or Z_DATA_ERROR. */
static int inflate_status(const joist_buffer *b, size_t *left)
{
    Bytef out[256];
    z_stream z = { .next_in = (Bytef *)b->ptr, .avail_in = (uInt)b->len, .next_out = out,
                   .avail_out = sizeof out };
    cr_assert_eq(inflateInit2(&z, 15 + 16), Z_OK);
    int status = inflate(&z, Z_FINISH);
    *left = z.avail_in;
    inflateEnd(&z);
    return status;
}

Test(dirt, gzip_kinds_are_whole_cut_or_damaged)
{
    for (uint64_t i = 0; i < TRIES; i++) {
        size_t left;
        joist_buffer whole = spoil("gzipped", i, NULL), cut = spoil("truncated_gzip", i, NULL),
                     bad = spoil("damaged_gzip", i, NULL);
        cr_expect(inflate_status(&whole, &left) == Z_STREAM_END && left == 0);
        cr_expect_eq(inflate_status(&cut, &left), Z_BUF_ERROR);
        cr_expect(inflate_status(&bad, &left) == Z_DATA_ERROR || left > 0);
        joist_buffer_free(&whole);
        joist_buffer_free(&cut);
        joist_buffer_free(&bad);
    }
}

Test(dirt, file_kinds_do_what_they_say)
{
    const char *suffix;
    joist_buffer b = spoil("byte_order_mark", 0, NULL);
    cr_expect(b.len == 11 && !memcmp(b.ptr, "\xEF\xBB\xBF{", 4));
    joist_buffer_free(&b);
    b = spoil("empty_file", 0, NULL);
    cr_expect_eq(b.len, 0u);
    joist_buffer_free(&b);
    b = spoil("blank_file", 0, NULL);
    cr_expect_eq(strspn((char *)memcpy((char[8]){ 0 }, b.ptr, b.len), " \t\r\n"), b.len);
    joist_buffer_free(&b);
    b = spoil("truncated_file", 0, NULL);
    cr_expect(b.len >= 1 && b.len < 8);
    joist_buffer_free(&b);
    b = spoil("several_values", 0, &suffix);
    cr_expect(b.len >= 15 && !strcmp(suffix, ".json"));
    joist_buffer_free(&b);
    b = spoil("foreign_name", 0, &suffix);
    cr_expect_str_neq(suffix, ".json");
    joist_buffer_free(&b);
}
