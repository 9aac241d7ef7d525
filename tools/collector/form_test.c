/* SPDX-License-Identifier: Apache-2.0
 * Form bodies as trees. That PHP sees the same trees is tests/collector/php_test.py's to show. */
#include "form.h"

#include "joist/json.h"
#include "limits.h"

#include <criterion/criterion.h>

static void show(joist_buffer *out, const form_node *n)
{
    if (n->value.ptr) {
        joist_json_write_text(out, n->value);
        return;
    }
    joist_buffer_byte(out, n->list ? '[' : '{');
    for (const form_node *m = n->first; m; m = m->next) {
        if (!n->list) {
            joist_json_write_text(out, m->key);
            joist_buffer_byte(out, ':');
        }
        show(out, m);
        if (m->next)
            joist_buffer_byte(out, ',');
    }
    joist_buffer_byte(out, n->list ? ']' : '}');
}

typedef struct decoded { joist_arena *arena; form form; joist_buffer shown; } decoded;

static decoded decode(joist_text body)
{
    decoded d = { .arena = joist_arena_new() };
    form_decode(&d.form, body, 42, d.arena);
    d.form.root.list = false;
    show(&d.shown, &d.form.root);
    return d;
}

static void done(decoded *d)
{
    joist_buffer_free(&d->shown);
    joist_arena_free(d->arena);
}

static void check(const char *body, const char *want)
{
    decoded d = decode(joist_text_of(body));
    cr_assert(joist_text_equal(joist_buffer_view(&d.shown), joist_text_of(want)),
              "%s\n  got  %.*s\n  want %s", body, JOIST_ARG(joist_buffer_view(&d.shown)), want);
    done(&d);
}

Test(form, plain)
{
    check("", "{}");
    check("a=1&b=2", "{\"a\":\"1\",\"b\":\"2\"}");
    check("a", "{\"a\":\"\"}");
    check("a=", "{\"a\":\"\"}");
    check("a=b=c", "{\"a\":\"b=c\"}");
    check("&&a=1&&", "{\"a\":\"1\"}");
    check("a=1&b=2&a=3", "{\"a\":\"3\",\"b\":\"2\"}");
    check("0=x&1=y", "{\"0\":\"x\",\"1\":\"y\"}");
}

Test(form, escapes)
{
    check("a+b=c+d", "{\"a_b\":\"c d\"}");
    check("a=%41%4a%4A", "{\"a\":\"AJJ\"}");
    check("a=%&b=%4&c=%zz&d=%4z&e=%%41", "{\"a\":\"%\",\"b\":\"%4\",\"c\":\"%zz\",\"d\":\"%4z\","
          "\"e\":\"%A\"}");
    check("a%3Db=1%26c", "{\"a=b\":\"1&c\"}");
    check("a=%00x&b%00c=2", "{\"a\":\"\\u0000x\",\"b\":\"2\"}");
    check("a%5Bb%5D=1", "{\"a\":{\"b\":\"1\"}}");
}

Test(form, names)
{
    check("a.b c=1", "{\"a_b_c\":\"1\"}");
    check("++a=1", "{\"a\":\"1\"}");
    check("=1&[a]=2&%00=3", "{}");
    check("a]=1", "{\"a]\":\"1\"}");
    check("a[=1", "{\"a_\":\"1\"}");
    check("a[b.c d[e=1", "{\"a_b_c_d_e\":\"1\"}");
}

Test(form, chains)
{
    check("a[b][c]=1&a[b][d]=2", "{\"a\":{\"b\":{\"c\":\"1\",\"d\":\"2\"}}}");
    check("a[b.c d]=1", "{\"a\":{\"b.c d\":\"1\"}}");
    check("a[b]x[c]=1", "{\"a\":{\"b\":\"1\"}}");
    check("a[[b]=1", "{\"a\":{\"[b\":\"1\"}}");
    check("a[b]]=1", "{\"a\":{\"b\":\"1\"}}");
    check("a[b][c=1", "{\"a\":{\"b\":\"1\"}}");
    check("a[][c=1", "{\"a\":[\"1\"]}");
    check("a=1&a[b]=2&z=3", "{\"a\":{\"b\":\"2\"},\"z\":\"3\"}");
    check("a[b]=1&a=2", "{\"a\":\"2\"}");
    check("a[b]=1&a=2&a[c]=3", "{\"a\":{\"c\":\"3\"}}");
}

Test(form, lists)
{
    check("k[]=a&k[]=b", "{\"k\":[\"a\",\"b\"]}");
    check("k[0]=a&k[1]=b", "{\"k\":[\"a\",\"b\"]}");
    check("k[1]=a&k[0]=b", "{\"k\":{\"1\":\"a\",\"0\":\"b\"}}");
    check("k[ ]=a&k[x]=b&k[]=c", "{\"k\":{\"0\":\"a\",\"x\":\"b\",\"1\":\"c\"}}");
    check("k[5]=a&k[]=b", "{\"k\":{\"5\":\"a\",\"6\":\"b\"}}");
    check("k[-5]=a&k[]=b", "{\"k\":{\"-5\":\"a\",\"-4\":\"b\"}}");
    check("k[05]=a&k[]=b&k[-0]=c", "{\"k\":{\"05\":\"a\",\"0\":\"b\",\"-0\":\"c\"}}");
    check("k[9223372036854775807]=a&k[]=b", "{\"k\":{\"9223372036854775807\":\"a\"}}");
    check("k[9223372036854775808]=a&k[]=b",
          "{\"k\":{\"9223372036854775808\":\"a\",\"0\":\"b\"}}");
    check("k[][]=a&k[][]=b", "{\"k\":[[\"a\"],[\"b\"]]}");
}

Test(form, depth)
{
    decoded d = decode(JOIST_TEXT("a[1][2][3][4][5][6][7]=x"));
    cr_assert(!d.form.truncated && d.form.leaves == 1);
    done(&d);
    d = decode(JOIST_TEXT("b=1&a[1][2][3][4][5][6][7][8]=x&c=2"));
    cr_assert(d.form.truncated && d.form.leaves == 2);
    cr_assert(joist_text_equal(joist_buffer_view(&d.shown),
                               JOIST_TEXT("{\"b\":\"1\",\"c\":\"2\"}")));
    done(&d);
}

Test(form, many_keys)
{
    joist_buffer body = { 0 };
    for (int i = 0; i < LEAVES_MAX + 10; i++)
        joist_buffer_printf(&body, "k%d=%d&", i, i);
    decoded d = decode(joist_buffer_view(&body));
    cr_assert(d.form.truncated && d.form.leaves == LEAVES_MAX);
    cr_assert_eq(d.form.root.count, (size_t)LEAVES_MAX);
    const form_node *last = form_member(&d.form.root, JOIST_TEXT("k4095"));
    cr_assert(last && joist_text_equal(last->value, JOIST_TEXT("4095")));
    cr_assert_null(form_member(&d.form.root, JOIST_TEXT("k4096")));
    done(&d);
    joist_buffer_free(&body);
}
