/* SPDX-License-Identifier: Apache-2.0
 * Tests: event.c site.c project.c object.c content.c random.c */
#include <criterion/criterion.h>
#include <jansson.h>

#include "generate.h"

static options given(int64_t count)
{
    options o;
    char error[512], number[24];
    snprintf(number, sizeof number, "%lld", (long long)count);
    char *argv[] = { "generate", "--out", "x", "--count", number, "--layout", "ndjson", "--dirt",
                     "0" };
    cr_assert(options_parse(&o, COUNT_OF(argv), argv, error, sizeof error), "%s", error);
    return o;
}

typedef struct fixture { options o; joist_arena *arena; project *projects; source s; } fixture;

static fixture *begin(int64_t count)
{
    fixture *f = joist_calloc(1, sizeof *f);
    f->o = given(count);
    f->arena = joist_arena_new();
    f->projects = projects_make(1, 20);
    f->s = source_of(&f->o, f->projects, f->arena);
    return f;
}

static void end(fixture *f)
{
    joist_free(f->projects);
    joist_arena_free(f->arena);
    joist_free(f);
}

/* ---- chance ---------------------------------------------------------------------------------- */
/* The first outputs of the published generators for the state 1, 2, 3, 4. */
Test(random, is_xoshiro256_starstar)
{
    rng r = { { 1, 2, 3, 4 } };
    cr_expect_eq(rng_next(&r), 11520u);
    cr_expect_eq(rng_next(&r), 0u);
    cr_expect_eq(rng_next(&r), 1509978240u);
    cr_expect_eq(rng_next(&r), 1215971899390074240u);
}

Test(random, streams_differ_and_stay_in_range)
{
    rng a = rng_of(1, STREAM_EVENT, 7), b = rng_of(1, STREAM_SITE, 7), c = rng_of(1, STREAM_EVENT,
        7);
    uint64_t x = rng_next(&a);
    cr_expect_neq(x, rng_next(&b));
    cr_expect_eq(x, rng_next(&c));
    for (int i = 0; i < 1000; i++) {
        cr_assert_lt(rng_below(&a, 7), 7u);
        int64_t n = rng_between(&a, -3, 3);
        cr_assert(n >= -3 && n <= 3);
        cr_assert_lt(rng_below(&a, UINT64_MAX), UINT64_MAX);
    }
    cr_expect_eq(rng_below(&a, 1), 0u);
}

/* ---- objects --------------------------------------------------------------------------------- */
static void expect_object(const object *o, const char *want)
{
    joist_buffer out = { 0 };
    object_write(o, &out);
    joist_buffer_byte(&out, '\0');
    cr_expect_str_eq(out.ptr, want);
    joist_buffer_free(&out);
}

Test(object, is_written_in_order)
{
    joist_arena *a = joist_arena_new();
    object *o = object_new(a, false);
    expect_object(o, "{}");
    object_text(o, "a", "1\"\n\x01/\u00e9");
    object_int(o, "b", INT64_MIN, false);
    object_int(o, "c", 0, true);
    object_text(object_nest(o, "d\\"), "e", "");
    object_set(o, "b", "null");
    object_add(o, "b", "[]");
    object_remove(o, "c");
    object_remove(o, "nothing");
    expect_object(o,
                  "{\"a\":\"1\\\"\\n\\u0001/\u00e9\",\"b\":null,\"d\\\\\":{\"e\":\"\"},\"b\":[]}");
    joist_arena_free(a);
}

Test(object, is_written_as_php_does)
{
    joist_arena *a = joist_arena_new();
    object *o = object_new(a, true);
    object_text(o, "u", "a/\u00e9\u65e5\U0001F600");
    expect_object(o, "{\"u\":\"a\\/\\u00e9\\u65e5\\ud83d\\ude00\"}");
    cr_expect_str_eq(decimal(a, INT64_MIN), "-9223372036854775808");
    joist_arena_free(a);
}

Test(object, holds_more_members_than_it_began_with)
{
    joist_arena *a = joist_arena_new();
    object *o = object_new(a, false);
    for (int i = 0; i < 100; i++)
        object_int(o, JOIN(a, "k", decimal(a, i)), i, false);
    cr_expect_eq(o->count, 100u);
    cr_expect_str_eq(o->items[99].json, "99");
    joist_arena_free(a);
}

/* ---- events ---------------------------------------------------------------------------------- */
static json_t *make_json(fixture *f, uint64_t i, event *e)
{
    joist_buffer record = { 0 };
    json_error_t error;
    cr_assert_null(generate_record(&f->o, &f->s, i, e, &record));
    json_t *json = json_loadb(record.ptr, record.len, JSON_REJECT_DUPLICATES, &error);
    cr_assert_not_null(json, "event %zu: %s in %.*s", (size_t)i, error.text, (int)record.len,
                       record.ptr);
    joist_buffer_free(&record);
    return json;
}

static const char *member_of(json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    return text ? text : "";
}

Test(event, is_json_of_its_generation)
{
    fixture *f = begin(5000);
    size_t generations[5] = { 0 }, plugins = 0, themes = 0;
    for (uint64_t i = 0; i < 5000; i++) {
        event e;
        json_t *json = make_json(f, i, &e);
        generations[e.generation]++;
        plugins += json_object_get(json, "plugins") != NULL;
        themes += !json_object_get(json, "reason_id");
        cr_assert_str_eq(member_of(json, "hash"), e.project->hash);
        cr_assert(e.project->active);
        cr_assert_eq(json_object_get(json, "client") != NULL, e.generation > G0);
        cr_assert_eq(json_object_get(json, "user_email") != NULL, e.generation < G3);
        cr_assert_eq(json_object_get(json, "version") != NULL, e.generation == G2);
        cr_assert_eq(json_object_get(json, "users") != NULL, e.generation >= G3);
        cr_assert_eq(json_object_get(json, "is_local") != NULL, e.generation == G4);
        cr_assert_str_eq(member_of(json_object_get(json, "_collector"), "request_id"),
                         e.request_id);
        json_decref(json);
    }
    for (int g = 0; g < 5; g++)
        cr_expect_gt(generations[g], 10u, "generation %d", g);
    cr_expect_gt(generations[G4], 3000u);
    cr_expect(plugins > 2000 && themes > 100);
    end(f);
}

Test(event, comes_again_from_the_same_site)
{
    fixture *f = begin(2000);
    f->s.sites = 3;
    const char *urls[3] = { 0 };
    char kept[3][256];
    for (uint64_t i = 0; i < 200; i++) {
        event e;
        json_decref(make_json(f, i, &e));
        if (!urls[e.site])
            urls[e.site] = memccpy(kept[e.site], e.url, 0, sizeof kept[0]) ? kept[e.site] : NULL;
        cr_assert_str_eq(urls[e.site], e.url);
    }
    cr_expect(urls[0] && urls[1] && urls[2]);
    end(f);
}

Test(event, keeps_to_its_hour_and_nearly_to_the_order)
{
    fixture *f = begin(1000);
    f->s.hours = 7;
    int64_t last = 0;
    size_t back = 0;
    for (uint64_t i = 0; i < 1000; i++) {
        event e;
        json_decref(make_json(f, i, &e));
        cr_assert(e.received_ms >= e.hour_ms && e.received_ms < e.hour_ms + 3600000);
        cr_assert_geq(e.received_ms, last - 30000);
        back += e.received_ms < last;
        last = e.received_ms;
    }
    cr_expect_lt(back, 200u);
    cr_expect_eq((last - f->s.first_hour_ms) / 3600000, 6);
    end(f);
}

Test(event, digest_is_md5)
{
    joist_arena *a = joist_arena_new();
    cr_expect_str_eq(md5_hex(a, "https://shop.example.com"), "9cb0e7e1db448383bb45e93e98180690");
    joist_arena_free(a);
}

/* ---- projects -------------------------------------------------------------------------------- */
Test(project, lines_are_json)
{
    enum { COUNT = 100 };
    project *p = projects_make(3, COUNT);
    joist_buffer lines = { 0 };
    projects_write(p, COUNT, &lines);
    size_t inactive = 0, at = 0, retired = 0;
    for (size_t i = 0; i < COUNT; i++) {
        const char *end_of_line = memchr(lines.ptr + at, '\n', lines.len - at);
        cr_assert_not_null(end_of_line);
        json_t *json = json_loadb(lines.ptr + at, (size_t)(end_of_line - lines.ptr) - at, 0, NULL);
        cr_assert_not_null(json, "project %zu", i);
        cr_expect_str_eq(member_of(json, "hash"), p[i].hash);
        cr_expect_eq(strlen(p[i].hash), 36u);
        inactive += json_is_false(json_object_get(json, "active"));
        size_t n = json_array_size(json_object_get(json, "reasons"));
        retired += n > 0;
        cr_expect_eq(json_array_size(json_object_get(json, "custom_fields")), p[i].fields_count);
        json_decref(json);
        at = (size_t)(end_of_line - lines.ptr) + 1;
    }
    cr_expect_eq(at, lines.len);
    cr_expect_eq(inactive, 10u);
    cr_expect(retired > 50 && p[0].active && !p[0].theme);
    joist_buffer_free(&lines);
    joist_free(p);
}
