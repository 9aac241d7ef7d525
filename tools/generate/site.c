/* SPDX-License-Identifier: Apache-2.0
 * Sites: addresses, people, servers, WordPress. See event.h. Tests: event_test.c
 *
 * Arguments of a call are evaluated in no certain order, so no call here draws twice from one
 * rng: the bytes must be the same whatever the compiler. */
#include "event.h"

/* Numbered, so that no host is anybody's; two in five take mail (see content.h). */
static const char *make_host(joist_arena *a, rng *r, const char *number)
{
    uint64_t kind = rng_below(r, 100);
    if (kind < 4)
        return JOIN(a, PICK(r, idn_hosts), "-", number, ".example");
    const char *first = PICK(r, host_words), *second = PICK(r, host_words);
    const char *name = JOIN(a, first, "-", second, "-", number);
    if (kind == 4)
        return JOIN(a, "xn--mnchen-", number, "-3ya.example");
    if (kind == 5)
        return JOIN(a, "203.0.113.", decimal(a, rng_between(r, 1, 254)));
    return JOIN(a, name, kind < 45 ? PICK(r, sendable_domains) : PICK(r, reserved_domains));
}

/* As esc_url(home_url()) gives it: `&` as `&#038;`, now and then port, path, slash. */
static const char *make_url(joist_arena *a, rng *r, const char *host)
{
    static const char *const ports[] = { ":8080", ":8443", ":443", ":80", ":8000" };
    const char *scheme = rng_percent(r, 14) ? "http://" : "https://";
    const char *www = rng_percent(r, 18) && host[0] != '2' ? "www." : "";
    const char *port = rng_percent(r, 3) ? RNG_PICK(r, ports) : "";
    const char *path = rng_percent(r, 10) ? PICK(r, url_paths) : "";
    const char *query = rng_percent(r, 1) ? "/?p=1&#038;lang=de" : "";
    return JOIN(a, scheme, www, host, port, path, rng_percent(r, 6) ? "/" : "", query);
}

static const char *make_name(joist_arena *a, rng *r)
{
    const char *pattern = PICK(r, site_names), *word = PICK(r, host_words), *at = strchr(pattern,
        '#');
    while (at && at > pattern && at[-1] == '&')       /* `&#039;` is no place for the word */
        at = strchr(at + 1, '#');
    char *head = joist_arena_zalloc(a, (size_t)(at - pattern) + 1);
    memcpy(head, pattern, (size_t)(at - pattern));
    return JOIN(a, head, word, at + 1);
}

static const char *make_email(joist_arena *a, rng *r, const char *host)
{
    static const char *const boxes[] = { "mail", "info", "admin", "office", "Owner", "hello",
                                         "shop.team",
                                         "no-reply+wp" };
    bool numeric = strspn(host, "0123456789.") == strlen(host);
    bool ascii = true;
    for (const char *c = host; *c; c++)
        ascii = ascii && (unsigned char)*c < 0x80;
    return JOIN(a, RNG_PICK(r, boxes), "@", numeric || !ascii ? "mail.example" : host);
}

site site_make(const source *s, uint64_t number)
{
    joist_arena *a = s->arena;
    rng r = rng_of(s->seed, STREAM_SITE, number);
    const person *who = &people[rng_below(&r, people_count)];
    site made = { .first = who->first, .last = who->last };
    made.host = make_host(a, &r, decimal(a, (int64_t)number + 1000));
    made.url = make_url(a, &r, made.host);
    made.name = rng_percent(&r, 6) ? made.url : make_name(a, &r);
    made.email = make_email(a, &r, made.host);
    made.rng = r;
    return made;
}

void site_server(event *e, rng *r)
{
    object *o = e->server = object_nest(e->top, "server");
    object_text(o, "software", PICK(r, software));
    object_text(o, "php_version", PICK(r, php_versions));
    object_text(o, "mysql_version", PICK(r, mysql_versions));
    object_text(o, "php_max_upload_size", PICK(r, upload_sizes));
    object_text(o, "php_default_timezone", PICK(r, time_zones));
    object_text(o, "php_soap", rng_percent(r, 70) ? "Yes" : "No");
    object_text(o, "php_fsockopen", rng_percent(r, 95) ? "Yes" : "No");
    object_text(o, "php_curl", rng_percent(r, 98) ? "Yes" : "No");
}

static void site_theme(event *e, rng *r)
{
    const named *theme = &theme_names[rng_below(r, theme_names_count)];
    joist_arena *a = e->source->arena;
    if (e->generation == G2)
        object_text(e->top, "theme", theme->slug);
    if (e->generation < G3)
        return;
    object_text(e->wp, "theme_slug", theme->slug);
    object_text(e->wp, "theme_name", theme->name);
    object_text(e->wp, "theme_version", version_text(a, r, ""));
    object_text(e->wp, "theme_uri", "https://theme.example.com/");
    object_text(e->wp, "theme_author", PICK(r, themes_authors));
}

void site_wordpress(event *e, rng *r)
{
    object *o = e->wp = object_nest(e->top, "wp");
    object_text(o, "memory_limit", PICK(r, memory_limits));
    object_text(o, "debug_mode", rng_percent(r, 8) ? "Yes" : "No");
    object_text(o, "locale", PICK(r, locales));
    object_text(o, "version", PICK(r, wp_versions));
    object_text(o, "multisite", rng_percent(r, 6) ? "Yes" : "No");
    site_theme(e, r);
}

void site_users(event *e, rng *r)
{
    object *o = e->users = object_nest(e->top, "users");
    int64_t admins = rng_between(r, 1, 3), others = 0;
    object_int(o, "total", 0, e->strings);
    object_int(o, "administrator", admins, e->strings);
    for (uint64_t roles = rng_below(r, 5); roles > 0; roles--) {
        int64_t n = rng_between(r, 1, 400);
        object_int(o, PICK(r, extra_roles), n, e->strings);
        others += n;
    }
    object_int(o, "total", admins + others, e->strings);
}
