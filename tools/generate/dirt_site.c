/* SPDX-License-Identifier: Apache-2.0
 * Dirt in who and where: people, addresses, projects, reasons. Tests: dirt_test.c */
#include "dirt.h"

#define ARENA(t) ((t)->event->source->arena)
#define RNG(t)   (&(t)->event->rng)
#define TOP(t)   ((t)->event->top)

/* ---- people ---------------------------------------------------------------------------------- */
static void set_person(dirt_target *t, const char *email, const char *first, const char *last)
{
    object_text(TOP(t), "admin_email", email);
    object_text(TOP(t), "first_name", first);
    object_text(TOP(t), "last_name", last);
}

static void set_ip(dirt_target *t, const char *ip)
{
    object_text(TOP(t), "ip_address", ip);
    if (t->event->collector && rng_percent(RNG(t), 70))
        object_remove(t->event->collector, "remote_ip");
}

void dirt_placeholder_person(dirt_target *t)
{
    joist_arena *a = ARENA(t);
    const char *third = decimal(a, rng_between(RNG(t), 0, 255));
    set_person(t, "anonymous@example.com", "John", "Doe");
    set_ip(t, JOIN(a, "192.168.", third, ".20"));
}

void dirt_bad_email(dirt_target *t)
{
    static const char *const bad[] = { "nobody", "a@b", "a@@b.example", "@b.example",
                                       "a@b.example,c@d.example",
                                       "a b@c.example", "a@.example", "a@b..example",
                                           "mailto:a@b.example",
                                       "a@b.example.", "\u00fc@\u00fc.example", "<a@b.example>" };
    object_text(TOP(t), "admin_email", RNG_PICK(RNG(t), bad));
}

void dirt_empty_person(dirt_target *t) { set_person(t, "", "", ""); }

void dirt_shouted_email(dirt_target *t)
{
    object_text(TOP(t), "admin_email", JOIN(ARENA(t), "  SHOP.OWNER@", t->event->host, "\n"));
}

void dirt_bad_ip(dirt_target *t)
{
    static const char *const bad[] = { "unknown", "192.168.7.20", "10.0.0.1",
                                       "203.0.113.7, 198.51.100.2",
                                       "203.0.113.256", "::ffff:203.0.113.7", "fe80::1%eth0",
                                           "203.0.113",
                                       "<html>Rate limited</html>", "2001:db8::g", "0x7f.1" };
    set_ip(t, RNG_PICK(RNG(t), bad));
}

/* ---- addresses of sites ---------------------------------------------------------------------- */
void dirt_local_site(dirt_target *t)
{
    static const char *const urls[] = { "http://localhost", "http://localhost:8888/wordpress",
        "https://shop.test", "http://my.local", "http://127.0.0.1:8000", "http://192.168.1.20/wp",
        "http://10.1.2.3", "http://172.20.0.2", "http://intranet", "http://[::1]:8080/",
            "http://a.localhost",
        "http://box.localdomain" };
    event_set_url(t->event, RNG_PICK(RNG(t), urls));
    object_int(TOP(t), "is_local", 1, t->event->strings);
}

void dirt_staging_site(dirt_target *t)
{
    static const char *const heads[] = { "staging.", "dev.", "www.staging2.", "preview-7." };
    const char *head = RNG_PICK(RNG(t), heads);
    event_set_url(t->event, JOIN(ARENA(t), "http://", head, t->event->host, ":8080"));
}

void dirt_forced_is_local(dirt_target *t)
{
    bool local = rng_percent(RNG(t), 50);
    if (!local)
        dirt_local_site(t);
    object_set(TOP(t), "is_local", local ? "\"1\"" : "false");
}

/* All of these but the ports name the same site. */
void dirt_url_variant(dirt_target *t)
{
    static const char *const heads[] = { "http://", "https://", "HTTPS://", "", "http://www.",
                                         "https://user:secret@", "https://WWW.", "https://a@b@" };
    static const char *const tails[] = { "", "/", "//", ":80", ":443/", "/?utm=1", "#top", ".",
                                         ".:443",
                                         "?a=1&amp;b=2", ":00080", "/./", "/index.php/",
                                             "/#/a/?b" };
    const char *head = RNG_PICK(RNG(t), heads), *tail = RNG_PICK(RNG(t), tails);
    event_set_url(t->event, JOIN(ARENA(t), head, t->event->host, tail));
}

void dirt_bad_url(dirt_target *t)
{
    static const char *const urls[] = { "", "ftp://files.example", "javascript:alert(1)", "http://",
        "https://a b.example", "https://shop.example:99999", "https://shop.example:",
            "https:///path",
        "http://<b>.example", "https://shop.example:8o", "file:///var/www", "http://www.",
            "https://ex%20a.example",
        "https://[2001:db8::1", "https://[2001:db8::1]x", "https://\u2028.example",
            "https://xn--\u00fc.example",
        "https://shop.example:0", "http://a..example", "://x", "https://user@" };
    if (rng_percent(RNG(t), 8))
        object_remove(TOP(t), "url");
    else
        event_set_url(t->event, RNG_PICK(RNG(t), urls));
}

/* ---- projects -------------------------------------------------------------------------------- */
void dirt_unknown_hash(dirt_target *t)
{
    char *hash = joist_arena_alloc(ARENA(t), 37);
    uint64_t high = rng_next(RNG(t)), low = rng_next(RNG(t));
    uuid_format(high, low, '4', hash);
    object_text(TOP(t), "hash", hash);
}

void dirt_bad_hash(dirt_target *t)
{
    static const char *const bad[] = { "shop-tools", "0b7c2f526a0e4d0e9b7e3f6f2d1c9a01", "{hash}",
                                       "undefined",
        "0b7c2f52-6a0e-4d0e-9b7e-3f6f2d1c9a0", "0b7c2f52-6a0e-4d0e-9b7e-3f6f2d1c9a0g",
        "0b7c2f52_6a0e_4d0e_9b7e_3f6f2d1c9a01", "0b7c2f52-6a0e-4d0e-9b7e-3f6f2d1c9a01-" };
    object_text(TOP(t), "hash", RNG_PICK(RNG(t), bad));
}

void dirt_missing_hash(dirt_target *t)
{
    static const char *const none[] = { "null", "\"\"", "[]", "\" \"" };
    if (rng_percent(RNG(t), 50))
        object_remove(TOP(t), "hash");
    else
        object_set(TOP(t), "hash", RNG_PICK(RNG(t), none));
}

void dirt_upper_hash(dirt_target *t)
{
    char *hash = joist_arena_zalloc(ARENA(t), 37);
    for (int i = 0; i < 36; i++) {
        char c = t->event->project->hash[i];
        hash[i] = c >= 'a' && c <= 'f' ? (char)(c - 'a' + 'A') : c;
    }
    object_text(TOP(t), "hash", hash);
}

/* The nearest project, going round, for which `wanted` holds; without one: the event's own. */
static const project *search(dirt_target *t, bool (*wanted)(const project *))
{
    const source *s = t->event->source;
    size_t start = rng_below(RNG(t), s->projects_count);
    for (size_t i = 0; i < s->projects_count; i++) {
        const project *p = &s->projects[(start + i) % s->projects_count];
        if (wanted(p))
            return p;
    }
    return t->event->project;
}

static bool is_inactive(const project *p) { return !p->active; }
static bool is_retiring(const project *p) { return p->active && p->reasons_count > 0; }

void dirt_inactive_project(dirt_target *t)
{
    object_text(TOP(t), "hash", search(t, is_inactive)->hash);
}

/* ---- reasons --------------------------------------------------------------------------------- */
void dirt_missing_reason(dirt_target *t)
{
    static const char *const none[] = { "null", "\"\"", "\" \\n\"", "{}" };
    if (rng_percent(RNG(t), 60))
        object_remove(TOP(t), "reason_id");
    else
        object_set(TOP(t), "reason_id", RNG_PICK(RNG(t), none));
}

static bool knows(const project *p, const char *reason)
{
    for (size_t i = 0; i < p->reasons_count; i++)
        if (!strcmp(p->reasons[i], reason))
            return true;
    return false;
}

void dirt_foreign_reason(dirt_target *t)
{
    size_t at = rng_below(RNG(t), custom_reasons.count);
    while (knows(t->event->project, custom_reasons.items[at]))
        at = (at + 1) % custom_reasons.count;
    object_text(TOP(t), "reason_id", custom_reasons.items[at]);
}

void dirt_retired_reason(dirt_target *t)
{
    const project *p = search(t, is_retiring);
    object_text(TOP(t), "hash", p->hash);
    if (p->reasons_count)
        object_text(TOP(t), "reason_id", p->reasons[p->reasons_count - 1]);
}

void dirt_unknown_reason(dirt_target *t)
{
    static const char *const reasons[] = { "Other", "found_better_plugin", "1", "is-not-working ",
                                           "undefined",
                                           "ist-zu-teuer", "'or'1'='1", "\u65b0\u7406\u7531" };
    object_text(TOP(t), "reason_id", RNG_PICK(RNG(t), reasons));
}
