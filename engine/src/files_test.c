/* SPDX-License-Identifier: Apache-2.0
 * The engine with the connectors it comes with: a tree of files read and cut by several workers, a
 * SQLite store, NDJSON and a side input read from the store of the run before. */
#include "run_test.h"

#include <sqlite3.h>

enum { FILES = 4, LINES = 5000, KEYS = 300 };

#define VISIT(F, T)                                                                               \
    F(T, joist_text, site, JOIST_REQUIRED) F(T, joist_int, pages) F(T, joist_text, note)          \
    F(T, int64_t, seq)
JOIST_RECORD(visit, VISIT);

#define KNOWN(IN, OUT, SIDE, CFG, STATE)                                                          \
    IN(visit) OUT(visit, old) OUT(visit, fresh) SIDE(visit, before)
JOIST_DOFN(known, KNOWN);
static joist_status known_process(const known_call *v, const visit *e)
{
    const visit *before = visit_get(v->side.before, e->site);
    visit out = *e;
    if (before)
        out.note = joist_printf(v->ctx, "before %d", (int)before->seq);
    return visit_emit(before ? v->out.old : v->out.fresh, out);
}

static char in[300], store[300], json[300];

static void build(joist_pipeline *p, const void *options)
{
    (void)options;
    visit_coll visits = joist_read(visit, p, .uri = joist_text_of(in));
    visit_coll before = joist_read(visit, p, .uri = joist_text_of(store),
                                   .table = JOIST_TEXT("visits"),
                                   .otherwise = { JOIST_TEXT("mem:nothing") });
    known_result r = JOIST_APPLY(known, visits, .side.before =
                                 joist_map_by(visit, before, site, .allow_empty = true));
    visit_coll both = joist_flatten(visit, r.old, r.fresh);
    visit_coll latest = joist_latest(visit, both, .key = JOIST_FIELDS(visit, site),
                                     .by = JOIST_FIELDS(visit, pages, seq));
    joist_write(latest, .uri = joist_text_of(store), .key = JOIST_FIELDS(visit, site));
    joist_write(joist_sum(visit, both, site, pages), .uri = joist_text_of(store),
                .table = JOIST_TEXT("pages"), .key = JOIST_FIELDS(joist_total, key));
    joist_write(r.fresh, .uri = joist_text_of(json));
}
static const joist_dofn *const dofns[] = { &known_dofn, NULL };
static const joist_pipeline_def def = { .name = "files", .dofns = dofns, .build = build,
                                        .connectors = mem_connectors };

static void write_input(void)
{
    char path[400];
    mkdir(in, 0777);
    for (int f = 0; f < FILES; f++) {
        snprintf(path, sizeof path, "%s/%d.jsonl", in, f);
        FILE *file = fopen(path, "w");
        cr_assert_not_null(file);
        for (int i = f ? LINES - 10 : 0; i < LINES; i++)
            fprintf(file, "{\"site\":\"s%d\",\"pages\":%d,\"seq\":%d}\n", (i * 7 + f) % KEYS, i % 9,
                    f * LINES + i);
        fclose(file);
    }
}

static void set_up(void)
{
    make_dir();
    snprintf(in, sizeof in, "%s/in", test_dir);
    snprintf(store, sizeof store, "sqlite:%s/out.db", test_dir);
    snprintf(json, sizeof json, "%s/out.jsonl", test_dir);
    write_input();
}
TestSuite(files, .init = set_up, .fini = drop_dir);

/* All rows of a query, fields by '|', rows by '\n'. */
static void ask(const char *sql, joist_buffer *out)
{
    sqlite3 *db;
    sqlite3_stmt *s;
    cr_assert_eq(sqlite3_open(store + strlen("sqlite:"), &db), SQLITE_OK);
    cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
    while (sqlite3_step(s) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(s); i++) {
            const char *text = (const char *)sqlite3_column_text(s, i);
            joist_buffer_printf(out, "%s|", text ? text : "NULL");
        }
        joist_buffer_byte(out, '\n');
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
}

static void add_file(const char *path, joist_buffer *out)
{
    FILE *f = fopen(path, "r");
    cr_assert_not_null(f);
    for (size_t n; (n = fread(joist_buffer_reserve(out, 4096), 1, 4096, f)) > 0;)
        out->len += n;
    fclose(f);
}

/* Both runs of a pair, and all that they leave. */
static joist_buffer two_runs(const joist_run_options *o)
{
    joist_buffer all = { 0 };
    unlink(store + strlen("sqlite:"));
    joist_pipeline *p = joist_pipeline_new(&def);
    for (int i = 0; i < 2; i++) {
        DONE(p, o);
        cr_assert_eq(report->records, LINES + 10 * (FILES - 1));
        cr_assert_eq(report->files, FILES);
        cr_assert_eq(report->sinks[2].rows, i ? 0 : report->records);
        ask("SELECT * FROM visits ORDER BY site", &all);
        ask("SELECT * FROM pages ORDER BY key", &all);
        add_file(json, &all);
    }
    joist_pipeline_free(p);
    joist_buffer_byte(&all, '\0');
    return all;
}

Test(files, the_same_from_any_number_of_workers_and_any_memory)
{
    joist_buffer first = two_runs(&(joist_run_options){ .workers = 1, .env = &the_env.env });
    cr_expect(strstr(first.ptr, "s0|6|NULL|"), "%.100s", first.ptr);
    cr_expect(strstr(first.ptr, "s0|6|before "), "the second run has seen the first");
    cr_expect(strstr(first.ptr, "{\"site\":\"s0\",\"pages\":0,\"note\":null,\"seq\":0}\n"));
    for (int workers = 2; workers <= 8; workers *= 2)
        for (size_t bundle = 0; bundle <= 7; bundle += 7) {
            joist_buffer next = two_runs(&(joist_run_options){
                .workers = workers, .bundle_elements = bundle, .env = &the_env.env,
                .memory = workers == 2 ? 100000 : 64 << 20 });
            cr_assert_str_eq(next.ptr, first.ptr, "%d workers, bundles of %zu", workers, bundle);
            joist_buffer_free(&next);
        }
    joist_buffer_free(&first);
}

/* A sum overflows when everything has been read: nothing of the run is to be seen. */
Test(files, a_failing_run_leaves_what_was_there)
{
    joist_run_options o = { .workers = 3, .env = &the_env.env };
    joist_buffer before = two_runs(&o), after = { 0 };
    char path[400];
    snprintf(path, sizeof path, "%s/9.jsonl", in);
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 2; i++)
        fprintf(file, "{\"site\":\"s9\",\"pages\":%lld,\"seq\":1}\n", (long long)INT64_MAX);
    fclose(file);
    joist_pipeline *p = joist_pipeline_new(&def);
    FAILS(p, &o, JOIST_FATAL, "a sum is beyond int64 (step 'sum_by_site', ");
    ask("SELECT * FROM visits ORDER BY site", &after);
    ask("SELECT * FROM pages ORDER BY key", &after);
    joist_buffer_byte(&after, '\0');
    cr_expect(strstr(before.ptr, after.ptr));
    joist_pipeline_free(p);
    joist_buffer_free(&before);
    joist_buffer_free(&after);
}
