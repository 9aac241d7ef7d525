/* SPDX-License-Identifier: Apache-2.0
 * joist_read_all through whole runs over a SQLite table: random ranges against a model, and what
 * can go wrong.
 *
 * Tests: read_sqlite.c sqlite_rows.c */
#include "joist/connector.h"
#include "joist/run.h"
#include "read_sqlite.h"
#include "sqlite_test.h"

#define VISIT(F, T) F(T, joist_text, id) F(T, joist_time, at) F(T, int64_t, n)
JOIST_RECORD(visit, VISIT);

#define FOUND(F, T)                                                                               \
    F(T, joist_text, id) F(T, joist_text, uri) F(T, int64_t, line) F(T, int64_t, record)
JOIST_RECORD(found, FOUND);

TestSuite(read_all, .init = make_dir, .fini = drop_dir);

#define PLACES(IN, OUT, SIDE, CFG, STATE) IN(visit) OUT(found, out)
JOIST_DOFN(places, PLACES);
static joist_status places_process(const places_call *v, const visit *e)
{
    const joist_position *at = joist_where(v->ctx);
    joist_distribution_update(v->ctx, "held",
                              (int64_t)joist_arena_bytes(joist_context_arena(v->ctx)));
    return found_emit(v->out.out, (found){ e->id, at->origin->uri, (int64_t)at->line,
                                           (int64_t)at->record });
}

enum { MOST_RANGES = 64 };
static joist_time_range ranges[MOST_RANGES];
static size_t ranges_count;
static test_name in_uri, out_uri;

static void build(joist_pipeline *p, const void *options)
{
    (void)options;
    joist_time_range_coll all =
        joist_create_from(joist_time_range, p, ranges, ranges_count, .name = "ranges");
    visit_coll visits = joist_read_all(visit, all, .uri = joist_text_of(in_uri.text),
                                       .by = JOIST_FIELDS(visit, at));
    joist_write(JOIST_APPLY(places, visits).out, .uri = joist_text_of(out_uri.text),
                .replace_all = true);
}

static const joist_dofn *const dofns[] = { &places_dofn, NULL };
static joist_pipeline_def def = { .name = "t", .dofns = dofns, .build = build };
static const joist_report *report;

static joist_status run(int workers, size_t bundle)
{
    static joist_pipeline *p;
    joist_pipeline_free(p);
    in_uri = name_in("sqlite:", "in.db");
    out_uri = name_in("sqlite:", "out.db");
    p = joist_pipeline_new(&def);
    OK(joist_pipeline_check(p, NULL, &error));
    return joist_pipeline_run(p, &(joist_run_options){ .workers = workers, .env = ENV,
                              .bundle_elements = bundle, .memory = 1 << 20 }, &report);
}

#define DONE(workers, bundle)                                                                     \
    cr_assert_eq(run(workers, bundle), JOIST_OK, "%s", report->error.message)
#define EXPECT_IN(sql, answer)  EXPECT(name_in("", "out.db").text, sql, answer)

static joist_time_range between(int64_t from, int64_t until)
{
    return (joist_time_range){ { from, true }, { until, true } };
}

static void three_visits(void)
{
    run_sql(name_in("", "in.db").text,
            "CREATE TABLE visits (id TEXT, at TEXT, n INTEGER); INSERT INTO visits VALUES"
            "('a', '1970-01-01T00:00:00.000Z', 1), ('b', '1970-01-01T00:00:00.001Z', 2),"
            "('c', '1970-01-01T00:00:00.002Z', 3), ('never', NULL, 4); DELETE FROM visits"
            " WHERE id = 'a'; INSERT INTO visits VALUES ('a', '1970-01-01T00:00:00.000Z', 1)");
}

Test(read_all, a_range_ends_before_its_end_and_nothing_is_in_a_range_of_nothing)
{
    three_visits();
    ranges[0] = between(0, 2);
    ranges[1] = between(2, 2);
    ranges[2] = between(2, 1);
    ranges_count = 3;
    DONE(1, 0);
    EXPECT_IN("SELECT id FROM founds ORDER BY 1", "a\nb");
    cr_expect_eq(report->records, 2u + 3u);
}

Test(read_all, a_bound_may_be_missing_and_null_is_in_no_range)
{
    three_visits();
    ranges[0] = (joist_time_range){ .until = { 1, true } };
    ranges_count = 1;
    DONE(1, 0);
    EXPECT_IN("SELECT id FROM founds ORDER BY 1", "a");
    ranges[0] = (joist_time_range){ .from = { 1, true } };
    DONE(1, 0);
    EXPECT_IN("SELECT id FROM founds ORDER BY 1", "b\nc");
    ranges[0] = (joist_time_range){ .from = { 0, false } };
    DONE(1, 0);
    EXPECT_IN("SELECT id FROM founds ORDER BY 1", "a\nb\nc");
}

Test(read_all, the_place_of_a_row_is_its_rowid)
{
    three_visits();
    ranges[0] = between(0, 3);
    ranges_count = 1;
    DONE(1, 0);
    EXPECT_IN("SELECT id, line, record, uri LIKE 'sqlite:%/in.db/visits' FROM founds ORDER BY 1",
              "a|5|5|1\nb|2|2|1\nc|3|3|1");
}

Test(read_all, no_ranges_and_no_table_are_nothing)
{
    three_visits();
    ranges_count = 0;
    DONE(2, 0);
    run_sql(name_in("", "in.db").text, "DROP TABLE visits");
    ranges[0] = between(0, 3);
    ranges_count = 1;
    DONE(2, 0);
    EXPECT_IN("SELECT count(*) FROM sqlite_schema WHERE name = 'founds'", "0");
}

static void fails(const char *part)
{
    cr_assert_eq(run(2, 0), JOIST_FAILED);
    cr_assert(strstr(report->error.message, part), "'%s' is not in '%s'", part,
              report->error.message);
    cr_expect_str_eq(report->status, "failed");
}

Test(read_all, what_cannot_be_read_fails_the_run)
{
    ranges[0] = between(0, 3);
    ranges_count = 1;
    fails("there is no database");
    run_sql(name_in("", "in.db").text, "CREATE TABLE visits (id TEXT); INSERT INTO visits"
            " VALUES (1)");
    fails("table \"visits\" has no column for the field 'at', by which it is to be read");
    run_sql(name_in("", "in.db").text, "DROP TABLE visits; CREATE TABLE visits (id, at, n);"
            " INSERT INTO visits VALUES (CAST(zeroblob(2000000) AS TEXT),"
            " '1970-01-01T00:00:00.000Z', 1)");
    fails("row 1 of table \"visits\" cannot be read: it is longer than a record may be");
}

/* ---- what check refuses ---------------------------------------------------------------------- */
static void (*chosen)(joist_time_range_coll);
static void build_chosen(joist_pipeline *p, const void *options)
{
    (void)options;
    chosen(joist_create(joist_time_range, p, { { 0, true }, { 1, true } }));
}

static void refused(void (*b)(joist_time_range_coll), const char *part)
{
    joist_pipeline_def other = { .name = "t", .build = build_chosen };
    joist_pipeline *p = joist_pipeline_new(&other);
    chosen = b;
    FAILED(joist_pipeline_check(p, NULL, &error), JOIST_GRAPH, part);
    cr_expect(strstr(error.message, "read_all_test.c:"), "%s", error.message);
    joist_pipeline_free(p);
}
#define REFUSES(name, part)                                                                       \
    static void build_##name(joist_time_range_coll in);                                           \
    Test(read_all, name) { refused(build_##name, part); }                                         \
    static void build_##name(joist_time_range_coll in)
#define OUT JOIST_TEXT("out.jsonl")

REFUSES(ranges_of_files, "step 'read_all_visit' cannot read ranges of 'in.jsonl'; sources that can:"
                         " sqlite:")
{
    joist_write(joist_read_all(visit, in, .uri = JOIST_TEXT("in.jsonl"),
                               .by = JOIST_FIELDS(visit, at)), .uri = OUT);
}
REFUSES(no_field, "joist_read_all needs .by = JOIST_FIELDS(visit, …), one time field")
{
    joist_write(joist_read_all(visit, in, .uri = JOIST_TEXT("sqlite:x")), .uri = OUT);
}
REFUSES(another_kind_of_field, "'read_all_visit' goes by a time field; 'n' is none")
{
    joist_write(joist_read_all(visit, in, .uri = JOIST_TEXT("sqlite:x"),
                               .by = JOIST_FIELDS(visit, n)), .uri = OUT);
}
REFUSES(ranges_in_windows, "the ranges of 'read_all_visit' must be in the global window")
{
    joist_write(joist_read_all(visit, joist_window_into(joist_time_range, in, .fixed_ms = 1000),
                               .uri = JOIST_TEXT("sqlite:x"), .by = JOIST_FIELDS(visit, at)),
                .uri = OUT);
}
REFUSES(no_uri, "step 'read_all_visit' has nothing to read: .uri is empty")
{
    joist_write(joist_read_all(visit, in, .by = JOIST_FIELDS(visit, at)), .uri = OUT);
}
REFUSES(no_ranges_at_all, "the ranges of joist_read_all is missing")
{
    joist_time_range_coll none = { { in.c.p, 0 } };
    joist_write(joist_read_all(visit, none, .uri = JOIST_TEXT("sqlite:x"),
                               .by = JOIST_FIELDS(visit, at)), .uri = OUT);
}

/* ---- against a model ------------------------------------------------------------------------- */
enum { ROWS = 700, SPAN = 200 };

static uint64_t dice = 88172645463325252u;
static int64_t roll(int64_t sides)
{
    dice ^= dice << 13, dice ^= dice >> 7, dice ^= dice << 17;
    return (int64_t)(dice % (uint64_t)sides);
}

static void random_rows(const char *path)
{
    joist_buffer sql = { 0 };
    char text[JOIST_TIME_SIZE];
    joist_buffer_printf(&sql, "CREATE TABLE visits (id TEXT, at TEXT, n INTEGER);%s"
                        "CREATE TABLE ranges (lo, hi); BEGIN;\n",
                        roll(2) ? "CREATE INDEX by_at ON visits (at);" : "");
    for (int i = 0; i < ROWS; i++) {
        joist_time_format(roll(SPAN), text);
        joist_buffer_printf(&sql, "INSERT INTO visits VALUES ('%d', '%.24s', %d);\n", i, text, i);
    }
    joist_buffer_printf(&sql, "COMMIT;%c", 0);
    run_sql(path, sql.ptr);
    joist_buffer_free(&sql);
}

static void random_ranges(const char *path)
{
    joist_buffer sql = { 0 };
    ranges_count = (size_t)roll(MOST_RANGES);
    joist_buffer_printf(&sql, "DELETE FROM ranges;");
    for (size_t i = 0; i < ranges_count; i++) {
        char from[JOIST_TIME_SIZE], until[JOIST_TIME_SIZE];
        ranges[i] = between(roll(SPAN), roll(SPAN));
        joist_time_format(ranges[i].from.ms, from);
        joist_time_format(ranges[i].until.ms, until);
        joist_buffer_printf(&sql, "INSERT INTO ranges VALUES ('%.24s', '%.24s');\n", from, until);
    }
    joist_buffer_byte(&sql, '\0');
    run_sql(path, sql.ptr);
    joist_buffer_free(&sql);
}

Test(read_all, every_way_to_run_it_reads_what_sql_reads)
{
    static const int workers[] = { 1, 2, 4 };
    static const size_t bundles[] = { 1, 7, 0 };
    test_name path = name_in("", "in.db");
    random_rows(path.text);
    for (int i = 0; i < 12; i++) {
        random_ranges(path.text);
        test_name want = ask(path.text, "SELECT count(*), coalesce(sum(id), 0),"
                             " coalesce(sum(id * id % 1009), 0) FROM visits JOIN ranges"
                             " ON at >= lo AND at < hi");
        DONE(workers[i % 3], bundles[i / 3 % 3]);
        EXPECT(name_in("", "out.db").text, "SELECT count(*), coalesce(sum(id), 0),"
               " coalesce(sum(id * id % 1009), 0) FROM founds", want.text);
        cr_expect(report->adds_up);
    }
}

/* ---- many rows in one range ------------------------------------------------------------------ */
Test(read_all, a_range_may_be_more_than_memory)
{
    run_sql(name_in("", "in.db").text,
            "CREATE TABLE visits (id TEXT, at TEXT, n INTEGER);"
            "INSERT INTO visits WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i"
            " LIMIT 200000) SELECT printf('%0400d', n), '1970-01-01T00:00:00.000Z', n FROM i");
    bool seen = false;
    ranges[0] = between(0, 1);
    ranges_count = 1;
    DONE(1, 0);
    EXPECT_IN("SELECT count(*) FROM founds", "200000");
    for (size_t i = 0; i < report->stages_count; i++)
        for (size_t k = 0; k < report->stages[i].distributions_count; k++) {
            const joist_distribution *held = &report->stages[i].distributions[k];
            cr_expect_eq(held->count, 200000u);
            cr_expect_lt(held->max, 2 << 20, "80 MB were read, %lld held", (long long)held->max);
            seen = true;
        }
    cr_expect(seen);
}
