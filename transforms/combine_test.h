/* SPDX-License-Identifier: Apache-2.0
 * What the tests of CombineFns share: sales from JSON lines go through a step that a test declares,
 * and what comes out is compared, for every number of workers, size of bundles and so little memory
 * that everything is spilled. */
#ifndef JST_COMBINE_TEST_H
#define JST_COMBINE_TEST_H

#include "store_test.h"

#define RAW(F, T)                                                                                 \
    F(T, joist_text, shop) F(T, joist_int, cents)                                                 \
    F(T, joist_text, weight, 0, .help = "a number as strtod reads it: nan, inf")                  \
    F(T, joist_int, ms) F(T, joist_text, tag) F(T, joist_int, copies)
JOIST_RECORD(raw, RAW);

#define SALE(F, T)                                                                                \
    F(T, joist_text, shop) F(T, joist_int, cents) F(T, joist_float, weight) F(T, joist_time, at)  \
    F(T, joist_text, tag)
JOIST_RECORD(sale, SALE);

JOIST_INLINE joist_float float_of(joist_text t)
{
    char copy[64] = "";
    memcpy(copy, t.len ? t.ptr : "", t.len < 63 ? t.len : 63);
    return (joist_float){ strtod(copy, NULL), t.ptr != NULL };
}

#define TO_SALE(IN, OUT, SIDE, CFG, STATE) IN(raw) OUT(sale, sales)
JOIST_DOFN(to_sale, TO_SALE);
static joist_status to_sale_process(const to_sale_call *v, const raw *r)
{
    const sale s = { r->shop, r->cents, float_of(r->weight), { r->ms.v, r->ms.set }, r->tag };
    for (int64_t i = 0; i < (r->copies.set ? r->copies.v : 1); i++)
        sale_emit(v->out.sales, s);
    return JOIST_OK;
}

/* Floats as JSON has none: nan, inf. */
#define SHOWN(F, T) F(T, joist_text, key) F(T, joist_text, value)
JOIST_RECORD(shown, SHOWN);
#define SHOW_FLOAT(IN, OUT, SIDE, CFG, STATE) IN(joist_float_result) OUT(shown, rows)
JOIST_DOFN(show_float, SHOW_FLOAT);
static joist_status show_float_process(const show_float_call *v, const joist_float_result *r)
{
    joist_text value = r->value.set ? joist_printf(v->ctx, "%.17g", r->value.v) : JOIST_NO_TEXT;
    return shown_emit(v->out.rows, (shown){ r->key, value });
}

#define OPTIONS(F, T) F(T, joist_text, input) F(T, joist_text, output)
JOIST_RECORD(options, OPTIONS);

/* A test's step, and where its result goes. */
#define STEP(NAME, COLL)                                                                          \
    static void NAME(sale_coll sales, joist_text output) { joist_write(COLL, .uri = output); }

static void (*declare)(sale_coll sales, joist_text output);

JOIST_INLINE void build(joist_pipeline *p, const void *any)
{
    const options *o = any;
    declare(JOIST_APPLY(to_sale, joist_read(raw, p, .uri = o->input)).sales, o->output);
}

static const joist_dofn *const test_dofns[] = { &to_sale_dofn, &show_float_dofn, NULL };
static const joist_pipeline_def test_def = { .name = "t", .options = &options_type,
                                             .dofns = test_dofns, .build = build };

static uint64_t spilled;

/* The directory's in/ is read. */
JOIST_INLINE void run_once(int workers, size_t bundle, uint64_t memory)
{
    test_name in = name_in("", "in"), out = name_in("", "out.jsonl");
    const options o = { joist_text_of(in.text), joist_text_of(out.text) };
    joist_pipeline *p = joist_pipeline_new(&test_def);
    const joist_report *report = NULL;
    joist_error e = { 0 };
    cr_assert_eq(joist_pipeline_check(p, &o, &e), JOIST_OK, "%s", e.message);
    const joist_run_options r = { .workers = workers, .bundle_elements = bundle,
                                  .memory = memory };
    joist_status status = joist_pipeline_run(p, &r, &report);
    cr_assert_eq(status, JOIST_OK, "%s", report->error.message);
    spilled += report->spilled_bytes;
    joist_pipeline_free(p);
}

/* What one run makes of in/; free with joist_free. */
JOIST_INLINE char *run_for_text(int workers, size_t bundle, uint64_t memory)
{
    size_t len;
    run_once(workers, bundle, memory);
    char *text = read_file(name_in("", "out.jsonl").text, &len);
    cr_assert_not_null(text);
    return text;
}

JOIST_INLINE void begin_input(void (*what)(sale_coll sales, joist_text output))
{
    declare = what;
    make_dir();
    cr_assert_eq(mkdir(name_in("", "in").text, 0777), 0);
}

/* Every way of running gives the same; `want` NULL: as the first. */
JOIST_INLINE void expect_same(const char *want)
{
    char *first = run_for_text(1, 0, 0);
    if (want)
        cr_expect_str_eq(first, want);
    for (int i = 0; i < 4; i++) {
        char *again = run_for_text(i % 2 ? 4 : 1, (size_t)(i < 2 ? i + 1 : 0),
                                   i > 1 ? 64 << 10 : 0);
        cr_expect_str_eq(again, first, "workers %d, way %d", i % 2 ? 4 : 1, i);
        joist_free(again);
    }
    joist_free(first);
    drop_dir();
}

/* JSON lines in, in two files, and JSON lines out. */
JOIST_INLINE void expect(void (*what)(sale_coll sales, joist_text output), const char *in,
                         const char *want)
{
    begin_input(what);
    const char *half = strchr(in + strlen(in) / 2, '\n');
    size_t first = half ? (size_t)(half - in) + 1 : strlen(in);
    char *copy = joist_strdup(in);
    copy[first] = '\0';
    write_file(name_in("", "in/a.jsonl").text, copy);
    write_file(name_in("", "in/b.jsonl").text, in + first);
    joist_free(copy);
    expect_same(want);
}

/* `lines` lines in each of `files` files; every other one is of shop s0. */
JOIST_INLINE void write_many(int files, int lines)
{
    for (int f = 0; f < files; f++) {
        char name[32];
        snprintf(name, sizeof name, "in/%d.jsonl", f);
        FILE *out = fopen(name_in("", name).text, "w");
        cr_assert_not_null(out);
        for (int n = f * lines; n < (f + 1) * lines; n++)
            fprintf(out, "{\"shop\":\"s%d\",\"cents\":%d,\"weight\":\"%.17g\",\"tag\":\"t%d\"}\n",
                    n % 2 ? 0 : n % 997, n * 7919 % 10007 - 5000,
                    (n * 7919 % 10007) / 7.0 - 500, n % 13);
        fclose(out);
    }
}

/* `check` refuses it, with these words. */
JOIST_INLINE void expect_refused(void (*what)(sale_coll sales, joist_text output),
                                 const char *words)
{
    const options o = { JOIST_TEXT("in"), JOIST_TEXT("out.jsonl") };
    joist_pipeline *p = joist_pipeline_new(&test_def);
    joist_error e = { 0 };
    declare = what;
    cr_expect_eq(joist_pipeline_check(p, &o, &e), JOIST_FAILED);
    cr_expect(strstr(e.message, words) != NULL, "%s", e.message);
    joist_pipeline_free(p);
}

#endif
