/* SPDX-License-Identifier: Apache-2.0
 * JSON bodies: what is kept as it was, what is dropped, what is refused. */
#include "json_body.h"

#include "limits.h"

#include <criterion/criterion.h>

typedef struct copied { joist_arena *arena; joist_buffer out; json_body found; bool good; } copied;

static copied copy_of(joist_text body)
{
    copied c = { .arena = joist_arena_new() };
    c.good = json_body_copy(&c.out, body, c.arena, &c.found);
    return c;
}

static void done(copied *c)
{
    joist_buffer_free(&c->out);
    joist_arena_free(c->arena);
}

static void check(const char *body, const char *want)
{
    copied c = copy_of(joist_text_of(body));
    cr_assert(c.good && !c.found.truncated, "%s", body);
    cr_assert(joist_text_equal(joist_buffer_view(&c.out), joist_text_of(want)),
              "%s\n  got  %.*s\n  want %s", body, JOIST_ARG(joist_buffer_view(&c.out)), want);
    done(&c);
}

Test(json_body, kept_as_sent)
{
    check("{}", "{");
    check(" { \"a\" : 1.50 , \"b\":[ true , null,\"x\\u00e9\\/\" ] , \"c\":{} ,\"d\":[]} ",
          "{\"a\":1.50,\"b\":[true,null,\"x\\u00e9\\/\"],\"c\":{},\"d\":[]");
    check("{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2");
    check("\xEF\xBB\xBF{\"n\":123456789012345678901234567890}",
          "{\"n\":123456789012345678901234567890");
    check("{\"lone\":\"\\ud83d\"}", "{\"lone\":\"\\ud83d\"");
    check("{\"a\":{\"_collector\":1}}", "{\"a\":{\"_collector\":1}");
}

Test(json_body, a_forged_collector_is_dropped)
{
    check("{\"_collector\":{\"a\":[1,{\"]\":\"}\"}]},\"b\":1}", "{\"b\":1");
    check("{\"b\":1,\"\\u005fcollector\":\"x\\\"\"}", "{\"b\":1");
    check("{\"_collector\":1,\"_collector\":2}", "{");
}

Test(json_body, refused)
{
    static const char *const bad[] = {
        "", " ", "[]", "1", "\"x\"", "null", "{", "{\"a\":1,}", "{\"a\"}", "{'a':1}", "{} {}",
        "{}x", "{\"a\":01}", "{\"a\":NaN}", "{\"a\":\"\t\"}", "{\"a\":\"\\x\"}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        copied c = copy_of(joist_text_of(bad[i]));
        cr_assert(!c.good && c.out.len == 0, "%s", bad[i]);
        done(&c);
    }
    copied c = copy_of((joist_text){ "{}\0", 3 });
    cr_assert(!c.good);
    done(&c);
}

Test(json_body, hash_and_url)
{
    copied c = copy_of(JOIST_TEXT("{\"hash\":1,\"url\":\"a\\/b\",\"hash\":\"A\","
                                  "\"x\":{\"url\":\"no\"}}"));
    cr_assert(joist_text_equal(c.found.hash, JOIST_TEXT("A")));
    cr_assert(joist_text_equal(c.found.url, JOIST_TEXT("a/b")));
    done(&c);
    c = copy_of(JOIST_TEXT("{\"hash\":\"A\",\"hash\":[\"B\"]}"));
    cr_assert_null(c.found.hash.ptr);
    done(&c);
}

Test(json_body, repair)
{
    copied c = copy_of(JOIST_TEXT("{\"a\":\"caf\xE9\"}"));
    cr_assert(c.good && c.found.repaired);
    cr_assert(joist_text_equal(joist_buffer_view(&c.out),
                               JOIST_TEXT("{\"a\":\"caf\xEF\xBF\xBD\"")));
    done(&c);
}

static void nest(joist_buffer *out, int levels)
{
    for (int i = 0; i < levels; i++)
        joist_buffer_printf(out, "{\"k\":");
    joist_buffer_printf(out, "1");
    for (int i = 0; i < levels; i++)
        joist_buffer_byte(out, '}');
}

Test(json_body, depth)
{
    joist_buffer body = { 0 };
    nest(&body, DEPTH_MAX);
    copied c = copy_of(joist_buffer_view(&body));
    cr_assert(c.good && !c.found.truncated);
    done(&c);
    body.len = 0;
    nest(&body, 1000);
    c = copy_of(joist_buffer_view(&body));
    cr_assert(c.good && c.found.truncated);
    cr_assert(joist_text_ends(joist_buffer_view(&c.out), JOIST_TEXT("{\"k\":{}}}}}}}")),
              "%.*s", JOIST_ARG(joist_buffer_view(&c.out)));
    done(&c);
    joist_buffer_free(&body);
}

Test(json_body, leaves)
{
    joist_buffer body = { 0 };
    joist_buffer_printf(&body, "{\"l\":[0");
    for (int i = 1; i < LEAVES_MAX + 5; i++)
        joist_buffer_printf(&body, ",%d", i);
    joist_buffer_printf(&body, "],\"more\":{\"a\":1}}");
    copied c = copy_of(joist_buffer_view(&body));
    cr_assert(c.good && c.found.truncated);
    cr_assert(joist_text_ends(joist_buffer_view(&c.out), JOIST_TEXT(",4094,4095]")));
    done(&c);
    joist_buffer_free(&body);
}
