/* SPDX-License-Identifier: Apache-2.0
 * Options: every source, their precedence, every kind of value, and the sentences for what is
 * wrong. */
/* Tests: options.c flags.c config_file.c value.c help.c */
#include "help.h"
#include "options.h"
#include "value.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SAMPLE(F, T)                                                                               \
    F(T, joist_text, input, JOIST_REQUIRED, .help = "what to read")                                \
    F(T, joist_text, latest, 0, .fallback = "sqlite:out/latest.db", .help = "a store")             \
    F(T, joist_text, api_token, JOIST_SECRET, .help = "a token")                                   \
    F(T, int64_t, max_record, 0, .fallback = "1M") F(T, joist_int, retries, 0)                     \
    F(T, double, share, 0, .fallback = "0.5") F(T, joist_float, factor, 0)                         \
    F(T, bool, dry_run, 0) F(T, joist_bool, strict, 0) F(T, joist_time, now, JOIST_HIDDEN)         \
    F(T, bool, verbose, 0) F(T, joist_text, config, 0)
JOIST_RECORD(sample, SAMPLE);
#define ODD(F, T) F(T, joist_text_list, names, 0, .fallback = "x")
JOIST_RECORD(odd, ODD);
#define AGAIN(F, T) F(T, joist_text, input, 0)
JOIST_RECORD(again, AGAIN);

static joist_arena *arena;
static jst_cli_options *o;
static sample *s;
static joist_error e;

static void begin(void)
{
    arena = joist_arena_new();
    o = jst_cli_options_new(arena, "prog run");
    e = (joist_error){ 0 };
    s = jst_cli_options_add(o, &sample_type, "pipeline", &e);
    cr_assert(s);
}

static void end(void)
{
    joist_arena_free(arena);
}

TestSuite(options, .init = begin, .fini = end);

#define LOAD(...) load((char *[]){ __VA_ARGS__, NULL })
static joist_status load(char **argv)
{
    int argc = 0;
    while (argv[argc])
        argc++;
    return jst_cli_options_load(o, argc, argv, &e);
}

static void expect_text(joist_text t, const char *expected)
{
    cr_assert(joist_text_equal(t, joist_text_of(expected)), "'%.*s' is not '%s'", JOIST_ARG(t),
              expected);
}

static void expect_error(joist_status status, const char *message, const char *hint)
{
    cr_assert_eq(status, JOIST_FAILED);
    cr_assert_eq(e.failure, JOIST_USAGE);
    cr_assert_str_eq(e.message, message);
    cr_assert(strstr(e.hint, hint), "hint '%s' lacks '%s'", e.hint, hint);
}

/* ---- flags ----------------------------------------------------------------------------------- */
Test(options, both_spellings_and_all_kinds)
{
    cr_assert_eq(LOAD("--input", "in/", "--max-record=2KiB", "--retries", "-3", "--share=1e-2",
                      "--factor",
                      "2.5", "--dry-run", "--strict=off", "--now", "2026-08-20T03:00:00Z", "word"),
                 JOIST_OK, "%s", e.message);
    expect_text(s->input, "in/");
    cr_assert_eq(s->max_record, 2048);
    cr_assert(s->retries.set && s->retries.v == -3);
    cr_assert_float_eq(s->share, 0.01, 1e-12);
    cr_assert(s->factor.set && s->factor.v > 2.4 && s->factor.v < 2.6);
    cr_assert(s->dry_run);
    cr_assert(s->strict.set && !s->strict.v);
    cr_assert(s->now.set);
    cr_assert_eq(s->now.ms, INT64_C(1787194800000));
    cr_assert_eq(o->words_count, 1);
}

Test(options, defaults_and_nulls)
{
    cr_assert_eq(LOAD("-i", "x"), JOIST_OK);
    expect_text(s->latest, "sqlite:out/latest.db");
    cr_assert_eq(s->max_record, 1 << 20);
    cr_assert(!s->retries.set && !s->factor.set && !s->strict.set && !s->now.set);
    cr_assert(joist_text_null(s->api_token));
}

Test(options, the_last_flag_counts_and_no_switches_off)
{
    cr_assert_eq(LOAD("--dry-run", "--input=a", "--no-dry-run", "--input=b", "--latest="),
                 JOIST_OK);
    cr_assert(!s->dry_run);
    expect_text(s->input, "b");
    cr_assert(s->latest.ptr && s->latest.len == 0, "an empty value is one, not the default");
}

Test(options, double_dash_ends_the_flags)
{
    cr_assert_eq(LOAD("-v", "--", "--input", "-h"), JOIST_OK);
    cr_assert(s->verbose && !o->help);
    cr_assert_eq(o->words_count, 2);
    expect_text(o->words[0], "--input");
}

Test(options, help_stops_before_values_are_read)
{
    cr_assert_eq(LOAD("--retries=abc", "-h"), JOIST_OK);
    cr_assert(o->help);
}

Test(options, unknown_names_suggest_the_nearest)
{
    expect_error(LOAD("--imput", "x"), "unknown option --imput", "did you mean --input?");
    expect_error(LOAD("--dryrun"), "unknown option --dryrun", "did you mean --dry-run?");
    expect_error(LOAD("--zzzzzzzz"), "unknown option --zzzzzzzz", "prog run --help");
    expect_error(LOAD("--no-input"), "unknown option --no-input", "did you mean --input?");
    expect_error(LOAD("-z"), "unknown option -z", "--help");
    expect_error(LOAD("-q"), "unknown option -q", "--help");
    expect_error(LOAD("--="), "unknown option --", "--help");
}

Test(options, missing_values)
{
    expect_error(LOAD("--input"), "--input needs a value", "prog run --help");
    cr_assert_eq(LOAD("--input", "--dry-run"), JOIST_FAILED);
    cr_assert(strstr(e.message, "--input needs a value (write --name=value"));
    cr_assert_eq(LOAD("--no-dry-run=1"), JOIST_FAILED);
    cr_assert_eq(LOAD("--input", "x", "--input=--dry-run"), JOIST_OK);
    expect_text(s->input, "--dry-run");
}

Test(options, wrong_values_say_what_and_where)
{
    expect_error(LOAD("--retries=1.5"),
                 "--retries: '1.5' is not an integer (K, M, G, T may follow) (from: flag)",
                 "--retries");
    expect_error(LOAD("--retries=1", "--share=nan"), "--share: 'nan' is not a number (from: flag)",
                 "");
    expect_error(LOAD("--share=1", "--dry-run=maybe"),
                 "--dry-run: 'maybe' is not true or false (from: flag)",
                 "");
    expect_error(LOAD("--dry-run", "--now=today"),
                 "--now: 'today' is not a time like 2026-08-20T03:00:00Z (from: flag)", "");
}

Test(options, secrets_and_control_bytes_do_not_leak_into_errors)
{
    jst_cli_option *token = jst_cli_options_find(o, JOIST_TEXT("api-token"));
    jst_cli_option_offer(token, JST_CLI_FLAG, JOIST_TEXT("hunter2"), JOIST_TEXT("flag"));
    jst_cli_option_refuse(o, token, "short", &e);
    cr_assert_str_eq(e.message, "--api-token: '***' is not short (from: flag)");
    jst_cli_option *latest = jst_cli_options_find(o, JOIST_TEXT("latest"));
    jst_cli_option_offer(latest, JST_CLI_FLAG, JOIST_TEXT("mongodb://u:pw@h\x1b[2J"),
                         JOIST_TEXT("flag"));
    jst_cli_option_refuse(o, latest, "nice", &e);
    cr_assert_str_eq(e.message, "--latest: 'mongodb://u:***@h\\x1b[2J' is not nice (from: flag)");
}

/* ---- precedence ------------------------------------------------------------------------------ */
static char *write_config(const char *text)
{
    static char path[64];
    snprintf(path, sizeof path, "/tmp/joist-options-XXXXXX");
    int fd = mkstemp(path);
    cr_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
    return path;
}

Test(options, flag_beats_environment_beats_config_beats_default)
{
    char *path = write_config("input = from-config\nlatest=from-config\nmax_record = 7\n"
                              "retries = broken\n");
    setenv("JOIST_LATEST", "from-env", 1);
    setenv("JOIST_INPUT", "from-env", 1);
    setenv("JOIST_RETRIES", "4", 1);
    setenv("JOIST_SHARE", "", 1);
    setenv("JOIST_CONFIG", path, 1);
    joist_status status = LOAD("--input", "from-flag");
    unlink(path);
    cr_assert_eq(status, JOIST_OK, "%s", e.message);
    expect_text(s->input, "from-flag");
    expect_text(s->latest, "from-env");
    cr_assert_eq(s->max_record, 7);
    cr_assert_eq(s->retries.v, 4, "an overridden broken value does no harm");
    cr_assert_float_eq(s->share, 0.5, 1e-12, "an empty variable is an unset one");
    expect_text(jst_cli_options_find(o, JOIST_TEXT("latest"))->where, "environment JOIST_LATEST");
}

Test(options, explain_shows_values_sources_and_no_secret)
{
    char *path = write_config("# nothing\nlatest = mongodb://me:geheim@h/db\n");
    joist_status status = LOAD("--config", path, "--api-token", "hunter2", "--dry-run");
    unlink(path);
    cr_assert_eq(status, JOIST_OK);
    joist_buffer out = { 0 };
    jst_cli_explain(&out, o);
    joist_buffer_byte(&out, '\0');
    cr_assert(strstr(out.ptr, "option"));
    cr_assert(strstr(out.ptr, "mongodb://me:***@h/db"));
    cr_assert(strstr(out.ptr, ":2\n"), "where: file and line");
    cr_assert(!strstr(out.ptr, "geheim") && !strstr(out.ptr, "hunter2"));
    cr_assert(strstr(out.ptr, "(missing)"), "required but not given");
    cr_assert(!strstr(out.ptr, "--now"), "hidden and unset");
    joist_buffer_free(&out);
}

/* ---- config file ----------------------------------------------------------------------------- */
static joist_status config(const char *text)
{
    return jst_cli_options_config_text(o, joist_text_of(text), JOIST_TEXT("j.conf"), &e);
}

Test(options, config_lines)
{
    cr_assert_eq(config("\xef\xbb\xbf# head\r\n\n  input = a b  # tail\r\n"
                        "latest = \" x # y \" # z\n"
                        "max-record=5\nretries = # nothing\napi_token = a#b"),
                 JOIST_OK, "%s", e.message);
    expect_text(jst_cli_options_find(o, JOIST_TEXT("input"))->value, "a b");
    expect_text(jst_cli_options_find(o, JOIST_TEXT("latest"))->value, " x # y ");
    expect_text(jst_cli_options_find(o, JOIST_TEXT("api-token"))->value, "a#b");
    cr_assert_eq(jst_cli_options_find(o, JOIST_TEXT("retries"))->value.len, 0);
    expect_error(jst_cli_options_resolve(o, &e),
                 "--retries: '' is not an integer (K, M, G, T may follow) (from: j.conf:6)", "");
}

Test(options, config_mistakes_have_an_address)
{
    expect_error(config("\ninputt = x\n"), "j.conf:2: unknown option --inputt",
                 "did you mean --input?");
    expect_error(config("config = other.conf"), "j.conf:1: unknown option --config", "");
    expect_error(config("input"), "j.conf:1: expected `key = value`", "");
    expect_error(config("= x"), "j.conf:1: unknown option --", "");
    expect_error(config("input = \"x"), "j.conf:1: a quote is not closed", "");
    expect_error(config("input = \"x\" y"), "j.conf:1: there is text behind the closing quote", "");
    expect_error(config("input = 1\ninput = 2"), "j.conf:2: this option was set further up already",
                 "");
    joist_text nul = { "input = a\0b", 11 };
    cr_assert_eq(jst_cli_options_config_text(o, nul, JOIST_TEXT("j.conf"), &e), JOIST_FAILED);
}

Test(options, config_that_cannot_be_read)
{
    cr_assert_eq(LOAD("--config", "/nonexistent/joist.conf"), JOIST_FAILED);
    cr_assert(strstr(e.message,
                     "cannot read the config file /nonexistent/joist.conf: No such file"));
    cr_assert_eq(LOAD("--config", "/tmp"), JOIST_FAILED);
    cr_assert(strstr(e.message, "directory"), "%s", e.message);
    cr_assert_eq(LOAD("--config", "/dev/zero"), JOIST_FAILED);
    cr_assert(strstr(e.message, "larger than 1 MiB"), "%s", e.message);
}

/* ---- the table ------------------------------------------------------------------------------- */
Test(options, required_options_must_have_a_value)
{
    cr_assert_eq(LOAD("--dry-run"), JOIST_OK);
    expect_error(jst_cli_options_required(o, &e),
                 "--input is required (or JOIST_INPUT, or a line 'input = …' in the "
                 "--config file)",
                 "prog run --help");
    cr_assert_eq(LOAD("--input="), JOIST_OK);
    cr_assert_eq(jst_cli_options_required(o, &e), JOIST_FAILED);
    cr_assert_eq(LOAD("--input=x"), JOIST_OK);
    cr_assert_eq(jst_cli_options_required(o, &e), JOIST_OK);
}

Test(options, records_that_clash_or_cannot_be_options)
{
    cr_assert_null(jst_cli_options_add(o, &again_type, "runner", &e));
    cr_assert_eq(e.failure, JOIST_GRAPH);
    cr_assert_not_null(jst_cli_options_add(o, NULL, "none", &e));
    cr_assert_not_null(jst_cli_options_add(o, &odd_type, "odd", &e));
    cr_assert_eq(jst_cli_options_resolve(o, &e), JOIST_FAILED);
    cr_assert(strstr(e.message, "lists cannot be options"));
}

Test(options, help_and_json_come_from_the_fields)
{
    joist_buffer out = { 0 };
    jst_cli_help_options(&out, o);
    joist_buffer_byte(&out, '\0');
    cr_assert(strstr(out.ptr, "Options of the pipeline:\n"));
    cr_assert(strstr(out.ptr, "  -i, --input VALUE "));
    cr_assert(strstr(out.ptr, "what to read (required)\n"));
    cr_assert(strstr(out.ptr, "a store (default: sqlite:out/latest.db)\n"));
    cr_assert(!strstr(out.ptr, "--now"));
    joist_buffer_free(&out);
    json_t *rows = jst_cli_options_json(o);
    json_t *first = json_array_get(rows, 0);
    cr_assert_eq(json_array_size(rows), 11);
    cr_assert_str_eq(json_string_value(json_object_get(first, "variable")), "JOIST_INPUT");
    cr_assert_str_eq(json_string_value(json_object_get(first, "type")), "text");
    cr_assert(json_is_true(json_object_get(first, "required")));
    cr_assert(json_is_null(json_object_get(first, "default")));
    json_decref(rows);
}

/* ---- values ---------------------------------------------------------------------------------- */
static int64_t int_of(const char *text)
{
    int64_t n;
    return jst_cli_parse_int(joist_text_of(text), &n) ? n : -99;
}

Test(values, integers)
{
    cr_assert_eq(int_of("0"), 0);
    cr_assert_eq(int_of("+7"), 7);
    cr_assert_eq(int_of("-9223372036854775808"), INT64_MIN);
    cr_assert_eq(int_of("9223372036854775807"), INT64_MAX);
    cr_assert_eq(int_of("4K"), 4096);
    cr_assert_eq(int_of("4k"), 4096);
    cr_assert_eq(int_of("4KB"), 4000);
    cr_assert_eq(int_of("4kB"), 4000);
    cr_assert_eq(int_of("3MiB"), 3 << 20);
    cr_assert_eq(int_of("2G"), INT64_C(2) << 30);
    cr_assert_eq(int_of("1TB"), INT64_C(1000000000000));
    const char *const bad[] = { "", "-", "+", " 1", "1 ", "1m", "1KK", "1KiBx", "0x10", "1.5", "K",
                                "9223372036854775808", "-9223372036854775809", "9000000T", "1e3" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_assert_eq(int_of(bad[i]), -99, "'%s' was taken", bad[i]);
}

Test(values, floats_and_bools)
{
    double x;
    bool b;
    const char *const bad[] = { "", " 1", "1 ", "inf", "nan", "0x1p3", "1e999", "1,5", "-", "1e" };
    cr_assert(jst_cli_parse_float(JOIST_TEXT("-1.5e3"), &x) && x < -1499 && x > -1501);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_assert(!jst_cli_parse_float(joist_text_of(bad[i]), &x), "'%s' was taken", bad[i]);
    cr_assert(jst_cli_parse_bool(JOIST_TEXT("YES"), &b) && b);
    cr_assert(jst_cli_parse_bool(JOIST_TEXT("Off"), &b) && !b);
    cr_assert(!jst_cli_parse_bool(JOIST_TEXT(""), &b));
    cr_assert(!jst_cli_parse_bool(JOIST_TEXT("tru"), &b));
}

Test(values, limits)
{
    jst_cli_limit l;
    cr_assert(jst_cli_parse_limit(JOIST_TEXT("10"), &l) && !l.percent);
    cr_assert(!jst_cli_over(&l, 10, 20) && jst_cli_over(&l, 11, 20));
    cr_assert(jst_cli_parse_limit(JOIST_TEXT("0"), &l));
    cr_assert(!jst_cli_over(&l, 0, 0) && jst_cli_over(&l, 1, 100));
    cr_assert(jst_cli_parse_limit(JOIST_TEXT("0.5%"), &l) && l.percent);
    cr_assert(!jst_cli_over(&l, 5, 1000) && jst_cli_over(&l, 6, 1000));
    cr_assert(!jst_cli_over(&l, 0, 0));
    const char *const bad[] = { "", "%", "-1", "101%", "-1%", "5 %", "x" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_assert(!jst_cli_parse_limit(joist_text_of(bad[i]), &l), "'%s' was taken", bad[i]);
    cr_assert(!jst_cli_over(&(jst_cli_limit){ 0 }, 100, 100), "no limit, never over");
}

Test(values, nearest_names)
{
    const char *const names[] = { "run", "check", "list" };
    cr_assert_str_eq(jst_cli_nearest(JOIST_TEXT("chekc"), names, 3), "check");
    cr_assert_str_eq(jst_cli_nearest(JOIST_TEXT("rum"), names, 3), "run");
    cr_assert_null(jst_cli_nearest(JOIST_TEXT("x"), names, 3));
    cr_assert_null(jst_cli_nearest(JOIST_TEXT("graph"), names, 3));
    char longest[5000];
    memset(longest, 'a', sizeof longest);
    cr_assert_null(jst_cli_nearest((joist_text){ longest, sizeof longest }, names, 3));
}

Test(values, places)
{
    static const struct { const char *text, *file; bool by_record; uint64_t number; } good[] = {
        { "a:1", "a", false, 1 }, { "in/b 2.json:17", "in/b 2.json", false, 17 },
        { "a#0", "a", true, 0 }, { "a:1:2", "a:1", false, 2 },
    };
    static const char *const bad[] = { "", "a", "a:", ":1", "#1", "12", "a:0", "a:-1", "a;1",
                                       "a:99999999999999999999" };
    jst_cli_place place;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        cr_assert(jst_cli_parse_place(joist_text_of(good[i].text), &place), "%s", good[i].text);
        cr_expect(joist_text_equal(place.file, joist_text_of(good[i].file)));
        cr_expect(place.by_record == good[i].by_record && place.number == good[i].number);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_expect_not(jst_cli_parse_place(joist_text_of(bad[i]), &place), "%s", bad[i]);
}
