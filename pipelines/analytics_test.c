/* SPDX-License-Identifier: Apache-2.0
 * Whole runs on histories that golden cases would be too long for: one site that says thousands of
 * things, thousands of sites that say one. Row by row the pipeline is held against an oracle in
 * tests/analytics/. */
#include "analytics.c"

#include <criterion/criterion.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a folder, removed at the end ------------------------------------------------------------ */
static char top[64] = "/tmp/joist-analytics-XXXXXX";

static int drop(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void set_up(void)
{
    cr_assert_not_null(mkdtemp(top));
    cr_assert_eq(chdir(top), 0);
}

static joist_pipeline *pipeline;         /* of the last run: it owns the report */

static void tear_down(void)
{
    joist_pipeline_free(pipeline);
    nftw(top, drop, 16, FTW_DEPTH | FTW_PHYS);
}

TestSuite(analytics, .init = set_up, .fini = tear_down);

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    char *why = NULL;
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, &why), SQLITE_OK, "%s", why);
    sqlite3_close(db);
}

static int keep_row(void *to, int columns, char **values, char **names)
{
    char *out = to;
    (void)names;
    for (int i = 0; i < columns; i++)
        snprintf(out + strlen(out), 256 - strlen(out), "%s%s", *out ? "|" : "",
                 values[i] ? values[i] : "null");
    return 0;
}

static void expect(const char *sql, const char *want)
{
    char got[256] = "";
    sqlite3 *db = NULL;
    cr_assert_eq(sqlite3_open("analytics.db", &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, sql, keep_row, got, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
    cr_expect_str_eq(got, want, "%s: %s, not %s", sql, got, want);
}

/* ---- running --------------------------------------------------------------------------------- */
static const joist_report *report;

static void run(int workers, uint64_t memory)
{
    const options o = { .history = JOIST_TEXT("sqlite:history.db"),
                        .analytics = JOIST_TEXT("sqlite:analytics.db"), .full = true };
    joist_error e;
    joist_pipeline_free(pipeline);
    pipeline = joist_pipeline_new(&def);
    cr_assert_eq(joist_pipeline_check(pipeline, &o, &e), JOIST_OK, "%s", e.message);
    joist_run_options r = { .workers = workers, .memory = memory, .spill = JOIST_TEXT(".") };
    cr_assert_eq(joist_pipeline_run(pipeline, &r, &report), JOIST_OK, "%s",
                 report->error.message);
}

/* n events, i from 0: what `columns` say of i. */
static void make_history(int n, const char *columns)
{
    char sql[1024];
    unlink("history.db");
    snprintf(sql, sizeof sql, "CREATE TABLE deactivations AS WITH RECURSIVE n(i) AS (SELECT 0"
             " UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT 'p' project_id, 'r' reason_id,"
             " '2026-08-20T00:00:00.000Z' window_start, %s FROM n", n - 1, columns);
    run_sql("history.db", sql);
}

Test(analytics, one_site_that_says_thousands_of_things)
{
    make_history(9000, "'s' site_key, printf('2026-08-20T%02d:00:00.000Z', i % 24) deactivated_at,"
                       " 'l' || (i % 4500) locale, 'v' || (i % 3) project_version");
    run(2, 0);
    expect("SELECT count(*), sum(events), min(sites), max(sites) FROM analytics_hourly",
           "24|9000|1|1");
    expect("SELECT count(*), sum(events), max(sites) FROM analytics_daily_dim WHERE dim = 'locale'",
           "51|9000|4450");
    expect("SELECT events, sites FROM analytics_daily_dim WHERE value = '__other__'", "8900|4450");
    expect("SELECT count(*), sum(events) FROM analytics_daily_reason_version", "3|9000");
    expect("SELECT * FROM analytics_overview_daily", "p|2026-08-20|9000|1|0|r");
}

Test(analytics, sites_of_many_groups_spills_and_workers)
{
    make_history(60000, "'s' || (i % 20000) site_key, printf('2026-08-%02dT12:00:00.000Z',"
                        " 1 + i / 30000) deactivated_at, 'l' || (i % 7) locale");
    static const struct { int workers; uint64_t memory; } ways[] = {
        { 1, 0 }, { 2, 0 }, { 4, 2 << 20 }, { 4, 4 << 20 }
    };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        unlink("analytics.db");
        run(ways[i].workers, ways[i].memory);
        cr_expect(!ways[i].memory || report->spilled_bytes > 0, "it fits into memory");
        expect("SELECT * FROM analytics_overview_daily",
               "p|2026-08-01|30000|20000|0|r|p|2026-08-02|30000|20000|30000|r");
        expect("SELECT count(*), sum(events), sum(sites) FROM analytics_daily_dim"
               " WHERE dim = 'locale'", "14|60000|60000");
    }
}

Test(analytics, the_graph_has_no_mistake)
{
    joist_error e;
    const options o = { .history = JOIST_TEXT("sqlite:h.db"), .analytics = JOIST_TEXT("sqlite:a") };
    pipeline = joist_pipeline_new(&def);
    cr_assert_eq(joist_pipeline_check(pipeline, &o, &e), JOIST_OK, "%s", e.message);
}
