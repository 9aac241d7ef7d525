/* SPDX-License-Identifier: Apache-2.0
 * Fields that more than one thing decides. */
#include "event.h"

#include "rules_test.h"

enum { HOUR = 3600000 };

static joist_arena *arena;
static joist_warnings w;
static joist_origin origin;

static void set_up(void)
{
    arena = joist_arena_new();
    w = (joist_warnings){ .arena = arena };
    origin = (joist_origin){ .hour_path = JOIST_TEXT("2026/11/23/10/a.json"),
                             .folder_hour = JOIST_TIME_MS(100 * HOUR),
                             .modified = JOIST_TIME_MS(7) };
}

static void tear_down(void)
{
    joist_arena_free(arena);
}

TestSuite(event, .init = set_up, .fini = tear_down);

static sent decode(const char *text)
{
    sent s;
    joist_json_error e;
    cr_assert(joist_json_decode_with(joist_text_of(text), &sent_type, &s, arena, &w, &e), "%s",
              text);
    return s;
}

Test(event, knows_a_hash)
{
    cr_expect(is_project_hash(JOIST_TEXT("0b7c2f52-6a0e-4d0e-9b7e-3f6f2d1c9a01")));
    cr_expect_not(is_project_hash(JOIST_TEXT("0B7c2f52-6a0e-4d0e-9b7e-3f6f2d1c9a01")));
    cr_expect_not(is_project_hash(JOIST_TEXT("0b7c2f52-6a0e-4d0e-9b7e-3f6f2d1c9a0")));
    cr_expect_not(is_project_hash(JOIST_TEXT("0b7c2f52a6a0e-4d0e-9b7e-3f6f2d1c9a01")));
    cr_expect_not(is_project_hash(JOIST_TEXT("")));
}

Test(event, reads_what_was_sent)
{
    sent s = decode("{\"user_email\":\"u@x.de\",\"version\":2.0,\"project_version\":\"\","
                    "\"theme\":\"t\",\"wp\":{\"locale\":\"de_DE\",\"debug_mode\":\"on\"},"
                    "\"users\":{\"total\":\"12\"},\"site\":\"A &amp; B\",\"_collector\":[]}");
    expect_text(s.email, "u@x.de");
    expect_text(s.project_version, "2.0");
    expect_text(s.theme_slug, "t");
    expect_text(s.locale, "de_DE");
    expect_text(s.site, "A & B");
    cr_expect(s.debug_mode.set && s.debug_mode.v);
    cr_expect(s.users_total.set && s.users_total.v == 12);
    cr_expect_not(s.active_plugins.set);
    expect_warnings(&w, "");
}

Test(event, warns_of_maps_that_are_none)
{
    decode("{\"wp\":5,\"server\":[1],\"users\":\"\",\"url\":{},\"is_local\":\"maybe\"}");
    expect_warnings(&w, "cast:is_local cast:server cast:url cast:wp");
}

Test(event, has_the_id_of_its_request)
{
    joist_position at = { .origin = &origin, .line = 1, .record = 3 };
    sent s = decode("{\"_collector\":{\"request_id\":\" r-1 \"}}");
    expect_text(event_id_of(&s, &at, arena), "r-1");
}

/* printf '2026/11/23/10/a.json\n3' | sha256sum */
Test(event, without_one_has_the_id_of_its_place)
{
    joist_position at = { .origin = &origin, .line = 1, .record = 3 };
    sent s = { 0 };
    expect_text(event_id_of(&s, &at, arena), "f-a82b8adbff09fbe96d3f2250e41b5d76");
    char longer[129];
    memset(longer, 'x', sizeof longer);
    s.request_id = (joist_text){ longer, sizeof longer };
    cr_expect_eq(event_id_of(&s, &at, arena).len, 34);
    s.request_id.len = 128;
    cr_expect_eq(event_id_of(&s, &at, arena).len, 128);
}

static int64_t at_ms(const char *received_at)
{
    sent s = { .received_at = joist_text_of(received_at) };
    joist_time t = deactivated_at_of(&s, &origin, &w);
    cr_assert(t.set);
    return t.ms;
}

Test(event, is_of_the_time_it_was_received_near_its_hour)
{
    cr_expect_eq(at_ms("1970-01-05T04:00:00.5Z"), 100 * HOUR + 500);
    cr_expect_eq(at_ms("1970-01-04T04:00:00Z"), 76 * HOUR);
    cr_expect_eq(at_ms("1970-01-06T04:00:00Z"), 124 * HOUR);
    expect_warnings(&w, "");
    cr_expect_eq(at_ms("1970-01-06T04:00:00.001Z"), 100 * HOUR);
    expect_warnings(&w, "received_at");
}

Test(event, without_a_hour_is_of_any_time)
{
    origin.folder_hour = (joist_time){ 0, false };
    cr_expect_eq(at_ms("1969-12-31T23:59:59Z"), -1000);
    cr_expect_eq(at_ms("yesterday"), 7);
    cr_expect_eq(at_ms(NULL), 7);
    expect_warnings(&w, "");
    cr_expect_eq(window_start_of(&origin, JOIST_TIME_MS(-1000)).ms, -HOUR);
    cr_expect_eq(window_start_of(&origin, JOIST_TIME_MS(HOUR)).ms, HOUR);
    cr_expect_eq(window_start_of(&origin, JOIST_TIME_MS(HOUR + 7)).ms, HOUR);
}

Test(event, keeps_an_email_that_is_one)
{
    sent s = { .email = JOIST_TEXT("Ann@Shop.DE") };
    expect_text(admin_email_of(&s, arena, &w), "ann@shop.de");
    s.email = JOIST_NO_TEXT;
    expect_text(admin_email_of(&s, arena, &w), NULL);
    expect_warnings(&w, "");
    s.email = JOIST_TEXT("ann");
    expect_text(admin_email_of(&s, arena, &w), NULL);
    expect_warnings(&w, "email");
}

static void expect_ip(const char *remote, const char *address, const char *want, const char *warned)
{
    w = (joist_warnings){ .arena = arena };
    sent s = { .remote_ip = joist_text_of(remote), .ip_address = json(address) };
    expect_text(ip_of(&s, arena, &w), want);
    expect_warnings(&w, warned);
}

Test(event, has_the_first_valid_address)
{
    expect_ip("1.2.3.4", "{}", "1.2.3.4", "");
    expect_ip("bad", "\"::1\"", "::1", "");
    expect_ip("bad", "\"bad\"", NULL, "");
    expect_ip(NULL, "\"01.2.3.4\"", NULL, "ip");
    expect_ip(NULL, "{}", NULL, "cast:ip_address");
    expect_ip(NULL, NULL, NULL, "");
}

Test(event, without_a_reason_says_so)
{
    sent s = { .reason_id = JOIST_TEXT("other") };
    expect_text(reason_id_of(&s, &w), "other");
    expect_warnings(&w, "");
    s.reason_id = JOIST_NO_TEXT;
    expect_text(reason_id_of(&s, &w), "none");
    expect_warnings(&w, "reason_missing");
}
