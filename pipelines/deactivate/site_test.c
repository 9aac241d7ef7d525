/* SPDX-License-Identifier: Apache-2.0
 * Canonical urls, one line a rule. The oracle's test has hundreds more. */
#include "site.h"

#include <criterion/criterion.h>

typedef struct url_case { const char *url, *site; bool local; } url_case;

static void check(const url_case *cases)
{
    joist_arena *a = joist_arena_new();
    for (const url_case *c = cases; c->url; c++) {
        site_address out = { JOIST_NO_TEXT, false };
        bool ok = site_address_of(joist_text_of(c->url), a, &out);
        cr_expect_eq(ok, c->site != NULL, "%s", c->url);
        if (!ok || !c->site)
            continue;
        cr_expect(joist_text_equal(out.url, joist_text_of(c->site)), "%s gives %.*s", c->url,
                  JOIST_ARG(out.url));
        cr_expect_eq(out.local, c->local, "%s", c->url);
    }
    joist_arena_free(a);
}

Test(site, is_host_port_and_path)
{
    static const url_case cases[] = {
        { "example.com", "example.com", false },
        { "HTTPS://WWW.Example.COM/A/b//?q#f", "example.com/A/b", false },
        { "http://u:p@x@example.com/", "example.com", false },
        { "http://a?x@b/c", "a", true },
        { "a/b://c", "a/b://c", true },
        { "http://a b/", NULL, false },
        { "example.com..", "example.com.", false },
        { "www.www.com", "www.com", false },
        { "http://a/b c", "a/b c", true },
        { NULL, NULL, false },
    };
    check(cases);
}

Test(site, has_only_http)
{
    static const url_case cases[] = {
        { "ftp://example.com", NULL, false }, { "http:/x", NULL, false },
        { "h-t.t+p1://a.de", NULL, false }, { "mailto:a@b.c", "b.c", false },
        { "http://", NULL, false }, { "://x", NULL, false }, { "", NULL, false },
        { "www.", NULL, false }, { "http://.", NULL, false }, { NULL, NULL, false },
    };
    check(cases);
}

Test(site, keeps_ports_that_are_not_the_default)
{
    static const url_case cases[] = {
        { "http://a.de:80/x", "a.de/x", false }, { "https://a.de:80", "a.de:80", false },
        { "https://a.de:0443", "a.de", false }, { "http://a.de:00081/", "a.de:81", false },
        { "http://a.de:65535", "a.de:65535", false }, { "http://a.de:65536", NULL, false },
        { "http://a.de:", NULL, false }, { "http://a.de:0", NULL, false },
        { "http://a.de:+1", NULL, false }, { "http://a.de:8a", NULL, false },
        { "http://a.de:99999999999999999999", NULL, false }, { "http://a:b:80", NULL, false },
        { NULL, NULL, false },
    };
    check(cases);
}

Test(site, maps_international_hosts)
{
    static const url_case cases[] = {
        { "http://MÜNCHEN.de/ä", "xn--mnchen-3ya.de/ä", false },
        { "http://www.ü.de", "xn--tda.de", false },
        { "http://-ü.de", NULL, false }, { "http://x\xC2\x85.de", NULL, false },
        { NULL, NULL, false },
    };
    check(cases);
}

Test(site, refuses_hosts_that_cannot_be)
{
    static const url_case cases[] = {
        { "http://a%20b", NULL, false }, { "http://a|b", NULL, false },
        { "http://a\\b", NULL, false }, { "http://a<b", NULL, false },
        { "http://{a}", NULL, false }, { "http://a\x7F" "b", NULL, false },
        { "http://a_b.de", "a_b.de", false }, { NULL, NULL, false },
    };
    check(cases);
}

Test(site, takes_brackets_as_they_are)
{
    static const url_case cases[] = {
        { "http://[FE80::1]:8080/x/", "[fe80::1]:8080/x", false },
        { "http://[::1]:80", "[::1]", true }, { "http://[::1]x", NULL, false },
        { "http://[::1", NULL, false }, { "http://[a%b]", "[a%b]", true }, { NULL, NULL, false },
    };
    check(cases);
}

Test(site, knows_local_hosts)
{
    static const url_case cases[] = {
        { "localhost:81", "localhost:81", true }, { "a.TEST", "a.test", true },
        { "a.testing", "a.testing", true }, { "a.latest", "a.latest", false },
        { "a.local/x", "a.local/x", true }, { "a.localdomain", "a.localdomain", true },
        { "127.0.0.1", "127.0.0.1", true }, { "127.1", "127.1", false },
        { "10.255.0.1", "10.255.0.1", true }, { "010.0.0.1", "010.0.0.1", false },
        { "172.15.0.1", "172.15.0.1", false }, { "172.16.0.1", "172.16.0.1", true },
        { "172.31.255.255", "172.31.255.255", true }, { "172.32.0.1", "172.32.0.1", false },
        { "192.168.0.1", "192.168.0.1", true }, { "192.167.0.1", "192.167.0.1", false },
        { "8.8.8.8", "8.8.8.8", false }, { "[::2]", "[::2]", false }, { NULL, NULL, false },
    };
    check(cases);
}

Test(site, borrows_an_url_that_needs_no_change)
{
    joist_arena *a = joist_arena_new();
    joist_text url = JOIST_TEXT("https://example.com/shop/");
    site_address out;
    cr_assert(site_address_of(url, a, &out));
    cr_expect_eq(out.url.ptr, url.ptr + 8);
    cr_expect_not(site_address_of(JOIST_NO_TEXT, a, &out));
    joist_arena_free(a);
}
