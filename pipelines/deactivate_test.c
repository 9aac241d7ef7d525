/* SPDX-License-Identifier: Apache-2.0
 * Whole runs on a few records: the codes, the fork, where projects come from, mail. Row by row the
 * pipeline is held against the oracle in tests/e2e/deactivate_oracle_test.py. */
#include "deactivate.c"

#include <criterion/criterion.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define HASH   "0b7c2f52-6a0e-4d0e-9b7e-3f6f2d1c9a01"
#define ASLEEP "00000000-0000-0000-0000-000000000002"
#define PROJECTS                                                                                  \
    "{\"_id\":\"p1\",\"hash\":\"" HASH "\",\"custom_fields\":[{\"key\":\"n\",\"type\":\"int\"}]," \
    "\"integrations\":{\"chimp\":{\"enabled\":true,\"list\":\"l\"}}}\n"                           \
    "{\"_id\":\"p2\",\"hash\":\"" ASLEEP "\",\"active\":false}\n"
#define EVENT_OF(hash, rest) "{\"hash\":\"" hash "\",\"url\":\"a.de\"" rest "}\n"
#define GOOD EVENT_OF(HASH, ",\"reason_id\":\"other\"")

/* ---- a folder, removed at the end ------------------------------------------------------------ */
static char top[64] = "/tmp/joist-deactivate-XXXXXX";

static int drop(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void set_up(void)
{
    cr_assert_not_null(mkdtemp(top));
    cr_assert_eq(chdir(top), 0);
    cr_assert_eq(mkdir("in", 0700), 0);
}

static joist_pipeline *pipeline;         /* of the last run: it owns the report */

static void tear_down(void)
{
    joist_pipeline_free(pipeline);
    nftw(top, drop, 16, FTW_DEPTH | FTW_PHYS);
}

TestSuite(deactivate, .init = set_up, .fini = tear_down);

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f, "%s", path);
    fputs(text, f);
    fclose(f);
}

/* ---- running --------------------------------------------------------------------------------- */
static const joist_report *report;

static options defaults(void)
{
    return (options){ .input = JOIST_TEXT("in"), .latest = JOIST_TEXT("sqlite:latest.db"),
                      .history = JOIST_TEXT("sqlite:history.db"), .max_record = 1 << 20 };
}

static joist_status run(const options *o)
{
    joist_pipeline_free(pipeline);
    pipeline = joist_pipeline_new(&def);
    joist_error e;
    cr_assert_eq(joist_pipeline_check(pipeline, o, &e), JOIST_OK, "%s", e.message);
    joist_run_options r = { .workers = 2, .dead = JOIST_TEXT("dead") };
    return joist_pipeline_run(pipeline, &r, &report);
}

static void run_well(const options *o)
{
    cr_assert_eq(run(o), JOIST_OK, "%s", report->error.message);
}

static uint64_t rejected(const char *code)
{
    uint64_t n = 0;
    for (size_t i = 0; i < report->stages_count; i++)
        for (size_t k = 0; k < report->stages[i].rejected_count; k++)
            if (strcmp(report->stages[i].rejected[k].code, code) == 0)
                n += report->stages[i].rejected[k].count;
    return n;
}

static void query(const char *path, const char *sql, char *out, size_t size)
{
    sqlite3 *db;
    sqlite3_stmt *s;
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
    bool row = sqlite3_step(s) == SQLITE_ROW && sqlite3_column_text(s, 0);
    snprintf(out, size, "%s", row ? (const char *)sqlite3_column_text(s, 0) : "NULL");
    sqlite3_finalize(s);
    sqlite3_close(db);
}

static void expect(const char *path, const char *sql, const char *want)
{
    char got[1024];
    query(path, sql, got, sizeof got);
    cr_expect_str_eq(got, want, "%s: %s, not %s", sql, got, want);
}

/* ---- the graph ------------------------------------------------------------------------------- */
Test(deactivate, checks_offline)
{
    options o = defaults();
    joist_pipeline *p = joist_pipeline_new(&def);
    joist_error e;
    cr_expect_eq(joist_pipeline_check(p, &o, &e), JOIST_OK, "%s", e.message);
    o.window = JOIST_TEXT("today");
    cr_expect_eq(joist_pipeline_check(p, &o, &e), JOIST_FAILED);
    o.window = JOIST_NO_TEXT;
    o.mail_endpoint = JOIST_TEXT("smtp:x");
    cr_expect_eq(joist_pipeline_check(p, &o, &e), JOIST_FAILED);
    joist_pipeline_free(p);
}

/* ---- codes and the fork ---------------------------------------------------------------------- */
Test(deactivate, rejects_with_a_code_for_each_reason)
{
    options o = defaults();
    write_file("projects.jsonl", PROJECTS);
    write_file("in/a.jsonl", GOOD "[]\n{\"hash\":1,}\n{\"url\":\"a.de\"}\n" EVENT_OF("x", "")
               EVENT_OF("00000000-0000-0000-0000-000000000009", "") EVENT_OF(ASLEEP, "")
               "{\"hash\":\"" HASH "\",\"url\":\"http://\"}\n"
               EVENT_OF(HASH, ",\"reason_id\":\"whim\""));
    run_well(&o);
    static const char *const once[] = {
        "not_object", "bad_json", "hash_missing", "hash_format", "unknown_project",
        "inactive_project", "bad_url", "unknown_reason"
    };
    for (size_t i = 0; i < sizeof once / sizeof *once; i++)
        cr_expect_eq(rejected(once[i]), 1, "%s", once[i]);
    cr_expect_eq(report->records, 9);
    cr_expect_eq(report->events, 2);
    cr_expect(report->adds_up);
}

Test(deactivate, an_unknown_reason_still_counts_for_the_site)
{
    options o = defaults();
    write_file("projects.jsonl", PROJECTS);
    write_file("in/a.jsonl", EVENT_OF(HASH, ",\"reason_id\":\"whim\",\"admin_email\":\"a@b.de\""));
    run_well(&o);
    expect("history.db", "SELECT count(*) FROM deactivations", "0");
    expect("history.db", "SELECT count(*) FROM sites", "1");
    expect("latest.db", "SELECT status FROM sites", "deactivated");
    expect("latest.db", "SELECT status FROM mail_outbox", "pending");
}

Test(deactivate, both_tables_show_all_warnings_of_an_event)
{
    options o = defaults();
    write_file("projects.jsonl", PROJECTS);
    write_file("in/a.json", EVENT_OF(HASH, ",\"extra\":{\"n\":\"x\",\"z\":1},\"wp\":7,"
                                           "\"users\":{\"total\":2,\"editor\":{}}"));
    run_well(&o);
    static const char all[] = "[\"cast:extra.n\",\"cast:users.editor\",\"cast:wp\","
                              "\"reason_missing\",\"undeclared:extra.z\"]";
    expect("history.db", "SELECT warnings FROM deactivations", all);
    expect("latest.db", "SELECT warnings FROM sites", all);
    expect("latest.db", "SELECT users FROM sites", "{}");
}

/* ---- windows --------------------------------------------------------------------------------- */
Test(deactivate, a_window_is_replaced_whole)
{
    options o = defaults();
    cr_assert_eq(system("mkdir -p in/2026/11/23/10 in/2026/11/23/11"), 0);
    write_file("projects.jsonl", PROJECTS);
    write_file("in/2026/11/23/10/a.jsonl", GOOD GOOD);
    write_file("in/2026/11/23/11/a.jsonl", GOOD);
    run_well(&o);
    expect("history.db", "SELECT count(*) FROM sites", "3");
    write_file("in/2026/11/23/10/a.jsonl", GOOD);
    o.window = JOIST_TEXT("2026-11-23T10");
    for (int again = 0; again < 2; again++) {
        run_well(&o);
        cr_expect_eq(report->records, 1);
        expect("history.db", "SELECT count(*) FROM sites", "2");
        expect("history.db", "SELECT count(*) FROM deactivations", "2");
        expect("latest.db", "SELECT window_start FROM sites", "2026-11-23T11:00:00.000Z");
    }
}

/* ---- projects -------------------------------------------------------------------------------- */
Test(deactivate, finds_projects_beside_and_in_the_input)
{
    options o = defaults();
    write_file("in/a.jsonl", GOOD);
    write_file("in/projects.jsonl", PROJECTS);
    run_well(&o);
    cr_expect_eq(report->records, 1);
    cr_assert_eq(rename("in/projects.jsonl", "projects.jsonl"), 0);
    run_well(&o);
    cr_expect_eq(report->events, 1);
    o.input = JOIST_TEXT("in/a.jsonl");     /* beside a file is in its folder */
    cr_expect_eq(run(&o), JOIST_FAILED);
    cr_assert_eq(rename("projects.jsonl", "in/projects.jsonl"), 0);
    run_well(&o);
    cr_expect_eq(report->events, 1);
    cr_assert_eq(chdir("in"), 0);
    o.input = JOIST_TEXT(".");
    run_well(&o);
    cr_expect_eq(report->records, 1);
}

Test(deactivate, takes_projects_from_the_latest_store_first)
{
    options o = defaults();
    sqlite3 *db;
    write_file("in/a.jsonl", GOOD);
    write_file("projects.jsonl", "{\"_id\":\"file\",\"hash\":\"" HASH "\"}\n");
    cr_assert_eq(sqlite3_open("latest.db", &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, "CREATE TABLE projects (_id TEXT, hash TEXT, active INTEGER,"
                              " reasons TEXT); INSERT INTO projects VALUES ('stored', '" HASH "',"
                              " 1, '[{\"slug\":\"x\"}]'), ('old', '" ASLEEP "', 0, NULL)",
                              NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    run_well(&o);
    expect("latest.db", "SELECT project_id FROM sites", "stored");
    write_file("in/a.jsonl", EVENT_OF(ASLEEP, ""));
    run_well(&o);
    cr_expect_eq(rejected("inactive_project"), 1);
    o.projects = JOIST_TEXT("projects.jsonl");
    write_file("in/a.jsonl", GOOD);
    run_well(&o);
    expect("latest.db", "SELECT count(*) FROM sites WHERE project_id = 'file'", "1");
}

Test(deactivate, fails_without_any_project_unless_told)
{
    options o = defaults();
    write_file("in/a.jsonl", GOOD);
    cr_expect_eq(run(&o), JOIST_FAILED);
    cr_expect_eq(access("history.db", F_OK), -1);
    o.allow_no_projects = true;
    run_well(&o);
    cr_expect_eq(rejected("unknown_project"), 1);
}

Test(deactivate, fails_on_projects_that_are_not_clear)
{
    static const char *const bad[] = {
        PROJECTS PROJECTS, PROJECTS "{\"_id\":\"p3\",\"ha", PROJECTS "[]\n", "{\"_id\":\"p3\"}\n",
        "{\"_id\":\"p3\",\"hash\":\"h\",\"reasons\":[{}]}\n", "",
    };
    options o = defaults();
    write_file("in/a.jsonl", GOOD);
    o.projects = JOIST_TEXT("projects.jsonl");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_file("projects.jsonl", bad[i]);
        cr_expect_eq(run(&o), JOIST_FAILED, "%s", bad[i]);
    }
    cr_expect_eq(access("history.db", F_OK), -1);
    o.allow_no_projects = true;             /* the last of them is empty, which is allowed now */
    run_well(&o);
}

/* ---- mail ------------------------------------------------------------------------------------ */
Test(deactivate, requests_mail_once_for_those_who_can_be_asked)
{
    static const char *const others[] = {
        EVENT_OF(HASH, ",\"admin_email\":\"a@example.com\""), EVENT_OF(HASH, ""),
        EVENT_OF(HASH, ",\"admin_email\":\"a@b.de\",\"is_local\":1"),
        "{\"hash\":\"" HASH "\",\"url\":\"a.test\",\"admin_email\":\"a@b.de\"}\n",
    };
    options o = defaults();
    write_file("projects.jsonl", PROJECTS);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        write_file("in/a.jsonl", others[i]);
        run_well(&o);
        cr_expect_eq(report->mail_pending, 0, "%s", others[i]);
    }
    write_file("in/a.jsonl", EVENT_OF(HASH, ",\"admin_email\":\"A@b.de\",\"first_name\":\"Ann\","
                                            "\"_collector\":{\"request_id\":\"r1\"}"));
    run_well(&o);
    run_well(&o);
    expect("latest.db", "SELECT count(*) FROM mail_outbox", "1");
    expect("latest.db", "SELECT event_id || (body ->> 'email') || (body ->> 'first_name') FROM"
           " mail_outbox", "r1a@b.deAnn");
    expect("latest.db", "SELECT body -> 'integrations' FROM mail_outbox",
           "{\"chimp\":{\"enabled\":true,\"list\":\"l\"}}");
}
