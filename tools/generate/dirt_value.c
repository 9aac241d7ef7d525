/* SPDX-License-Identifier: Apache-2.0
 * Dirt in values: types, texts, lists. Each function makes sure that what it spoils is there:
 * in the payloads of old clients much is absent. As in site.c, no call draws twice from one
 * rng. Tests: dirt_test.c */
#include "dirt.h"

#define ARENA(t) ((t)->event->source->arena)
#define RNG(t)   (&(t)->event->rng)
#define TOP(t)   ((t)->event->top)

static object *map(dirt_target *t, object **slot, const char *key)
{
    if (!*slot)
        *slot = object_nest(TOP(t), key);
    return *slot;
}

static object *users(dirt_target *t) { return map(t, &t->event->users, "users"); }
static object *extra(dirt_target *t) { return map(t, &t->event->extra, "extra"); }

/* The n ready JSON values one after another as the values of `keys`. */
static void put(object *o, const char *const *keys, size_t n, const char *json)
{
    for (size_t i = 0; i < n; i++)
        object_set(o, keys[i], json);
}

/* ---- numbers and booleans -------------------------------------------------------------------- */
void dirt_json_numbers(dirt_target *t)
{
    rng *r = RNG(t);
    object_int(users(t), "total", rng_between(r, 0, 5000), false);
    object_int(users(t), "administrator", rng_between(r, 1, 5), false);
    object_int(TOP(t), "active_plugins", rng_between(r, 0, 60), false);
    object_set(TOP(t), "tracking_skipped", rng_percent(r, 50) ? "false" : "0");
    object_set(TOP(t), "is_local", rng_percent(r, 50) ? "false" : "0");
    object_set(t->event->wp, "multisite", rng_percent(r, 50) ? "true" : "1");
}

void dirt_odd_booleans(dirt_target *t)
{
    static const char *const odd[] = { "\"Nop\"", "\"TRUE\"", "\"on\"", "2", "\"y\"", "\" yes \"",
                                       "\"oui\"",
                                       "\"0.0\"", "1.0", "\"off\"", "[]", "\"N\"" };
    object_set(t->event->wp, "debug_mode", RNG_PICK(RNG(t), odd));
    object_set(TOP(t), "tracking_skipped", RNG_PICK(RNG(t), odd));
    object_set(TOP(t), "is_local", RNG_PICK(RNG(t), odd));
}

void dirt_empty_booleans(dirt_target *t)
{
    static const char *const keys[] = { "tracking_skipped", "is_local" };
    put(TOP(t), keys, 2, "\"\"");
    object_set(t->event->wp, "multisite", "\"\"");
}

void dirt_bad_counts(dirt_target *t)
{
    static const char *const bad[] = { "\"n/a\"", "1.5", "\" 7 \"", "\"+3\"", "\"\"", "\"1e3\"",
                                       "-0",
                                       "\"12 users\"", "1e2", "true", "\"0x10\"", "\"\xD9\xA3\"" };
    object_set(users(t), "total", RNG_PICK(RNG(t), bad));
    object_set(users(t), "editor", RNG_PICK(RNG(t), bad));
    object_set(TOP(t), "inactive_plugins", RNG_PICK(RNG(t), bad));
}

void dirt_big_numbers(dirt_target *t)
{
    static const char *const big[] = { "9223372036854775808", "1e999", "-99999999999999999999",
                                       "\"9223372036854775807\"", "1E-9999",
                                           "18446744073709551616.5",
                                       "12345678901234567890123456789012345678901234567890" };
    object_set(users(t), "total", RNG_PICK(RNG(t), big));
    object_set(TOP(t), "build", RNG_PICK(RNG(t), big));
    object_set(extra(t), "orders", RNG_PICK(RNG(t), big));
    object_set(TOP(t), "first_name", RNG_PICK(RNG(t), big));
}

/* ---- maps ------------------------------------------------------------------------------------ */
static const char *const maps[] = { "plugins", "extra", "users" };

void dirt_array_maps(dirt_target *t) { put(TOP(t), maps, 3, "[]"); }

void dirt_list_maps(dirt_target *t)
{
    object_set(TOP(t), "plugins",
               "[{\"name\":\"WooCommerce\",\"version\":\"9.4.2\"},null,\"akismet\"]");
    object_set(TOP(t), RNG_PICK(RNG(t), maps), "{\"0\":\"a\",\"1\":[\"b\"]}");
    object_set(TOP(t), "users", "[10,\"1\"]");
}

void dirt_scalar_maps(dirt_target *t)
{
    static const char *const scalars[] = { "\"\"", "null", "\"6.2\"", "5", "false", "\"[]\"" };
    const char *key = RNG_PICK(RNG(t), maps), *other = rng_percent(RNG(t), 50) ? "wp" : "server";
    object_set(TOP(t), key, RNG_PICK(RNG(t), scalars));
    object_set(TOP(t), other, RNG_PICK(RNG(t), scalars));
}

void dirt_nested_junk(dirt_target *t)
{
    static const char *const junk[] = { "{\"en\":\"Shop\",\"de\":\"Laden\"}", "[\"a\",[1,2,{}]]",
                                        "[]", "{}",
                                        "{\"a\":{\"b\":[null,true]}}", "[[[[]]]]" };
    static const char *const keys[] = { "site", "first_name", "reason_info", "project_version",
                                        "client" };
    const project *p = t->event->project;
    const char *key = RNG_PICK(RNG(t), keys);
    object_set(TOP(t), key, RNG_PICK(RNG(t), junk));
    object_set(extra(t), p->fields_count ? p->fields[0]->key : "is_pro", RNG_PICK(RNG(t), junk));
}

void dirt_odd_keys(dirt_target *t)
{
    static const char *const keys[] = { "shop manager", "a.b.c", "$where", "a[b]", "", "__proto__",
                                        "\u0440\u043e\u043b\u044c",
                                        "with\nnewline", "quo\"te", "none", "\U0001F600" };
    object_set(users(t), RNG_PICK(RNG(t), keys), "\"1\"");
    object_set(extra(t), RNG_PICK(RNG(t), keys), "\"value\"");
    object_set(map(t, &t->event->plugins, "plugins"), RNG_PICK(RNG(t), keys),
               "{\"name\":\"Odd\",\"version\":\"1.0\"}");
}

void dirt_odd_plugins(dirt_target *t)
{
    object *o = map(t, &t->event->plugins, "plugins");
    object_set(o, "null-plugin", "null");
    object_set(o, "word-plugin", "\"1.2.3\"");
    object_set(o, "list-plugin", "[\"Name\",\"1.0\"]");
    object_set(o, "half-plugin", "{\"name\":\"\",\"version\":{\"major\":1}}");
    object_set(o, "number-plugin", "{\"name\":2048,\"version\":1.10}");
}

void dirt_many_plugins(dirt_target *t)
{
    event_add_plugins(t->event, RNG(t), (uint64_t)rng_between(RNG(t), 100, 300));
}

void dirt_huge_plugins(dirt_target *t)
{
    event_add_plugins(t->event, RNG(t), (uint64_t)rng_between(RNG(t), 501, 900));
}

void dirt_undeclared_fields(dirt_target *t)
{
    object_set(extra(t), "secret_note", "\"not whitelisted\"");
    object_set(extra(t), "licence.key", "\"\"");
    object_set(extra(t), "nothing", "null");
}

void dirt_mistyped_fields(dirt_target *t)
{
    static const char *const values[] = { "\"many\"", "\"2025-02-30\"", "1e400", "\"yesterday\"",
                                          "true",
                                          "\" 12 \"", "\"2025-11-23T10:00:00Z\"", "\"1.\"", "[1]",
                                              "null" };
    for (size_t i = 0; i < custom_fields_count; i++)
        object_set(extra(t), custom_fields[i].key, RNG_PICK(RNG(t), values));
}

/* ---- texts ----------------------------------------------------------------------------------- */
static const char *const texts[] = { "site", "first_name", "last_name", "reason_info",
                                     "project_version" };

void dirt_null_fields(dirt_target *t)
{
    put(TOP(t), texts, COUNT_OF(texts), "null");
    put(TOP(t), maps, COUNT_OF(maps), "null");
    object_set(TOP(t), "admin_email", "null");
}

/* The fields that an event cannot do without stay. */
void dirt_missing_fields(dirt_target *t)
{
    object *o = TOP(t);
    for (size_t i = o->count; i-- > 0; ) {
        const char *key = o->items[i].key;
        if (strcmp(key, "hash") && strcmp(key, "url") && key[0] != '_' && rng_percent(RNG(t), 50))
            object_remove(o, key);
    }
}

void dirt_padded_values(dirt_target *t)
{
    put(TOP(t), texts, COUNT_OF(texts), "\" \\t padded\\u00a0\\r\\n\"");
    object_text(TOP(t), "hash", JOIN(ARENA(t), " ", t->event->project->hash, "\n"));
    object_text(TOP(t), "url", JOIN(ARENA(t), "  ", t->event->url, " "));
}

void dirt_version_suffixes(dirt_target *t)
{
    static const char *const versions[] = { "7.4.1-ubuntu", "5.7-alpha-50000", "", "hidden", "6",
                                            "8.x",
                                            "1.2.3.4-dev+7", "v2.0",
                                                "10.6.18-MariaDB-0ubuntu0.22.04.1-log" };
    object_text(TOP(t), "project_version", RNG_PICK(RNG(t), versions));
    object_text(t->event->wp, "version", RNG_PICK(RNG(t), versions));
    object_text(t->event->server, "php_version", RNG_PICK(RNG(t), versions));
    object_text(t->event->server, "mysql_version", RNG_PICK(RNG(t), versions));
}

static void spoil(dirt_target *t, const char *const *values, size_t count)
{
    for (int i = 0; i < 2; i++) {
        const char *key = RNG_PICK(RNG(t), texts);
        object_set(TOP(t), key, values[rng_below(RNG(t), count)]);
    }
    object_set(extra(t), "note", values[rng_below(RNG(t), count)]);
}

void dirt_control_escapes(dirt_target *t)
{
    static const char *const values[] = { "\"a\\u0000b\"", "\"\\u0007bell\\u001f\"", "\"\\u0000\"",
                                          "\"\\u007f\\b\\f\"", "\"line\\none\\ttwo\\u0085\"" };
    spoil(t, values, COUNT_OF(values));
}

void dirt_lone_surrogates(dirt_target *t)
{
    static const char *const values[] = { "\"\\ud83d\"", "\"a\\ude1eb\"",
                                          "\"\\ud83d\\ud83d\\ude1e\"",
                                          "\"\\uDFFF\\uD800\"", "\"half \\ud83d\\n\"" };
    spoil(t, values, COUNT_OF(values));
}

void dirt_bad_utf8(dirt_target *t)
{
    static const char *const values[] = { "\"caf\xE9\"", "\"\xC3\"", "\"\xED\xA0\x80\"",
                                          "\"\xF0\x9F\x98\"",
                                          "\"\xC0\xAF\"", "\"a\xFF\xFE\"", "\"\xF4\x90\x80\x80\"",
                                          "\"\xE2\x82 \xE2\x82\xAC\"", "\"\x80\x80\x80\"" };
    spoil(t, values, COUNT_OF(values));
    if (rng_percent(RNG(t), 20))
        object_set(extra(t), "k", "{\"k\xE9y\":1}");
}

void dirt_raw_controls(dirt_target *t)
{
    static const char *const values[] = { "\"a\x01z\"", "\"a\tz\"", "\"\x1F\"", "\"a\x0Cz\"" };
    spoil(t, values, COUNT_OF(values));
}

void dirt_odd_entities(dirt_target *t)
{
    static const char *const values[] = { "Ben &amp;amp; Co", "A&#0;B", "&#x1F331; Garden",
                                          "&#1114112;",
                                          "&#xD800;", "&nbsp;x&copy;", "&lt;b&gt;", "&amp",
                                              "&#38;#38;",
                                          "&#00000000065;", "&#xZ;", "&apos;&quot;",
                                              "&#10; x &#9;" };
    object_text(TOP(t), "site", RNG_PICK(RNG(t), values));
    event_set_url(t->event, JOIN(ARENA(t), t->event->url, "/?a=1&#038;b=2&amp;c"));
}

void dirt_html_comment(dirt_target *t)
{
    object_text(TOP(t), "reason_info",
                "<h1>Bye</h1>\r\n<script>alert('x')</script>\n\n<a href='https://spam.example'>"
                "cheap</a> {{7*7}} ${jndi:ldap://x.example/a} '; DROP TABLE sites;-- =1+1");
}

/* One character more than fits, so that the cut falls into it. */
static const char *long_text(dirt_target *t, size_t bytes, const char *end)
{
    char *text = joist_arena_zalloc(ARENA(t), bytes + 1);
    memset(text, 'x', bytes);
    return JOIN(ARENA(t), text, end);
}

void dirt_long_texts(dirt_target *t)
{
    object_text(TOP(t), "reason_info", long_text(t, 4095, "\u20ac tail"));
    object_text(TOP(t), "site", long_text(t, 1022, "\U0001F600 tail"));
    object_text(t->event->server, "software", long_text(t, 1500, ""));
    if (rng_percent(RNG(t), 50))
        event_set_url(t->event, JOIN(ARENA(t), t->event->url, "/", long_text(t, 2048, "\u00e9")));
}

void dirt_huge_comment(dirt_target *t)
{
    size_t bytes = (size_t)rng_between(RNG(t), 80000, 140000);
    object_text(TOP(t), "reason_info", long_text(t, bytes, ""));
}

void dirt_oversize(dirt_target *t)
{
    size_t bytes = (size_t)rng_between(RNG(t), 1 << 20, 5 << 18);
    object_text(extra(t), "dump", long_text(t, bytes, ""));
}

/* ---- structure ------------------------------------------------------------------------------- */
static const char *nest(dirt_target *t, size_t levels)
{
    char *open = joist_arena_zalloc(ARENA(t), levels + 1), *close = joist_arena_zalloc(ARENA(t),
        levels + 1);
    memset(open, '[', levels);
    memset(close, ']', levels);
    return JOIN(ARENA(t), open, close);
}

void dirt_deep_nesting(dirt_target *t)
{
    object_set(extra(t), "tree", nest(t, (size_t)rng_between(RNG(t), 20, 900)));
}

void dirt_too_deep(dirt_target *t)
{
    object_set(extra(t), "tree", nest(t, (size_t)rng_between(RNG(t), 1100, 3000)));
}

void dirt_unknown_keys(dirt_target *t)
{
    object_set(TOP(t), "debug", "{\"trace\":[1,2,3],\"on\":true}");
    object_set(TOP(t), "_wpnonce", "\"a1b2c3d4e5\"");
    object_set(TOP(t), "action", "\"shop-tools_submit-uninstall-reason\"");
    object_set(TOP(t), "URL", "\"https://other.example\"");
}

void dirt_duplicate_keys(dirt_target *t)
{
    object_add(TOP(t), "site", "\"Second name\"");
    object_add(TOP(t), "reason_id", rng_percent(RNG(t), 50) ? "\"other\"" : "null");
    object_add(users(t), "total", "\"77\"");
    object_add(extra(t), "is_pro", "\"No\"");
    object_add(extra(t), "is_pro", "\"Yes\"");
}
