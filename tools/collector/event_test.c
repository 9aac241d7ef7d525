/* SPDX-License-Identifier: Apache-2.0
 * Whole events, byte for byte. */
#include "event.h"

#include "limits.h"

#include <criterion/criterion.h>

#define MD5 "9cb0e7e1db448383bb45e93e98180690"     /* of https://shop.example.com */
#define HEAD "{\"v\":1,\"request_id\":\"017f22e2-79b0-7cc3-98c4-dc0c0c07398f\","              \
             "\"received_at\":\"2022-02-22T19:22:22.000Z\",\"remote_ip\":\"192.0.2.7\","

static event_facts facts(joist_text body)
{
    event_facts f = { .received_ms = 1645557742000, .remote_ip = JOIST_TEXT("192.0.2.7"),
                      .body = body };
    memcpy(f.request_id, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f", sizeof f.request_id);
    return f;
}

static joist_text written(const event_facts *f, joist_arena *arena, joist_text *hash)
{
    joist_buffer out = joist_buffer_in(arena, 100);
    if (!event_write(&out, f, 1, arena, hash))
        return JOIST_NO_TEXT;
    return joist_buffer_view(&out);
}

static void check(const event_facts *f, const char *want)
{
    joist_arena *arena = joist_arena_new();
    joist_text hash, got = written(f, arena, &hash);
    cr_assert(joist_text_equal(got, joist_text_of(want)), "\n  got  %.*s\n  want %s",
              JOIST_ARG(got), want);
    joist_arena_free(arena);
}

Test(event, form)
{
    event_facts f = facts(JOIST_TEXT("url=https%3A%2F%2Fshop.example.com&l[]=1&l[]=2&m[a]=%22"));
    f.user_agent = JOIST_TEXT("Appsero/" MD5 ";");
    f.content_type = JOIST_TEXT("application/x-www-form-urlencoded; charset=UTF-8");
    check(&f, "{\"url\":\"https://shop.example.com\",\"l\":[\"1\",\"2\"],\"m\":{\"a\":\"\\\"\"},"
          "\"_collector\":" HEAD "\"user_agent\":\"Appsero/" MD5 ";\",\"ua_site_md5\":\"" MD5 "\","
          "\"content_type\":\"application/x-www-form-urlencoded; charset=UTF-8\","
          "\"content_length\":55,\"route\":\"deactivate\",\"flags\":[]}}");
}

#define TAIL(length, flags)                                                                       \
    "\"user_agent\":null,\"ua_site_md5\":null,\"content_type\":null,\"content_length\":" length   \
    ",\"route\":\"deactivate\",\"flags\":[" flags "]}}"

Test(event, json)
{
    event_facts f = facts(JOIST_TEXT("{\"a\":[1.0]}"));
    f.kind = BODY_JSON;
    check(&f, "{\"a\":[1.0],\"_collector\":" HEAD TAIL("11", "\"json_body\""));
    f.body = JOIST_TEXT("{}");
    check(&f, "{\"_collector\":" HEAD TAIL("2", "\"json_body\""));
}

Test(event, a_forged_collector_is_dropped)
{
    event_facts f = facts(JOIST_TEXT("_collector[v]=9&a=1&.collector=2&+_collector=3"));
    check(&f, "{\"a\":\"1\",\"_collector\":" HEAD TAIL("46", ""));
    f = facts(JOIST_TEXT("_collector=1"));
    check(&f, "{\"_collector\":" HEAD TAIL("12", ""));
}

Test(event, repaired)
{
    event_facts f = facts(JOIST_TEXT("k%FF=caf%E9"));
    check(&f, "{\"k\xEF\xBF\xBD\":\"caf\xEF\xBF\xBD\",\"_collector\":" HEAD
          TAIL("11", "\"utf8_repaired\""));
}

Test(event, flags_in_their_order)
{
    joist_buffer body = { 0 };
    joist_buffer_printf(&body, "{\"x\":\"\xE9\",\"l\":[0");
    for (int i = 0; i < LEAVES_MAX; i++)
        joist_buffer_printf(&body, ",0");
    joist_buffer_printf(&body, "]}");
    event_facts f = facts(joist_buffer_view(&body));
    f.kind = BODY_JSON;
    f.user_agent = JOIST_TEXT("Appsero/" MD5 ";");
    joist_arena *arena = joist_arena_new();
    joist_text hash, got = written(&f, arena, &hash);
    cr_assert(joist_text_ends(got, JOIST_TEXT("\"flags\":[\"utf8_repaired\",\"truncated\","
                                              "\"json_body\",\"ua_mismatch\"]}}")));
    joist_arena_free(arena);
    joist_buffer_free(&body);
}

Test(event, hash)
{
    joist_arena *arena = joist_arena_new();
    joist_text hash;
    event_facts f = facts(JOIST_TEXT("hash=AB-1"));
    written(&f, arena, &hash);
    cr_assert(joist_text_equal(hash, JOIST_TEXT("AB-1")));
    f.body = JOIST_TEXT("hash[x]=AB-1");
    written(&f, arena, &hash);
    cr_assert_null(hash.ptr);
    joist_arena_free(arena);
}

Test(event, refused)
{
    joist_arena *arena = joist_arena_new();
    joist_text hash;
    event_facts f = facts(JOIST_TEXT("&=x&[a]=1"));
    cr_assert_null(written(&f, arena, &hash).ptr);
    f.kind = BODY_JSON;
    cr_assert_null(written(&f, arena, &hash).ptr);
    joist_arena_free(arena);
}

/* Long headers are cut, and bytes that would end a line or a string are escaped. */
Test(event, hostile_headers)
{
    char agent[2000];
    memset(agent, 'x', sizeof agent);
    memcpy(agent, "\x1b[2J\"\r\n", 7);
    joist_arena *arena = joist_arena_new();
    event_facts f = facts(JOIST_TEXT("a=1"));
    f.user_agent = (joist_text){ agent, sizeof agent };
    joist_text hash, got = written(&f, arena, &hash);
    cr_assert_lt(got.len, (size_t)HEADER_TEXT_MAX + 400);
    cr_assert(memmem(got.ptr, got.len, "\"user_agent\":\"\\u001b[2J\\\"\\r\\nxx", 30));
    cr_assert_null(memchr(got.ptr, '\n', got.len));
    joist_arena_free(arena);
}
