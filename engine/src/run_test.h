/* SPDX-License-Identifier: Apache-2.0
 * For tests of whole runs: a world of inputs, stores and endpoints in memory, reached by the
 * schemes "mem" and "post", that fails, delays, refuses and lies on request; a clock that never
 * waits; and a pipeline to run in it. Everything is per process, and each test is one. */
#ifndef JST_RUN_TEST_H
#define JST_RUN_TEST_H

#include "joist/combines.h"
#include "joist/group.h"
#include "joist/json.h"
#include "joist/run.h"
#include "joist/window.h"
#include "pipeline.h"
#include "plan.h"
#include "run.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define EV(F, T)                                                                                  \
    F(T, joist_text, key) F(T, joist_int, n) F(T, int64_t, seq) F(T, joist_text, tag, JOIST_PII)
JOIST_RECORD(ev, EV);
#define EV_(k, n_, s, t)                                                                          \
    { .key = { k, sizeof(k) - 1 }, .n = { n_, true }, .seq = s, .tag = { t, sizeof(t) - 1 } }

enum { MOST_PLACES = 128, MOST_FAULTS = 16, LOG_SIZE = 1 << 16 };

/* ---- the environment: waiting costs nothing -------------------------------------------------- */
typedef struct test_env {
    joist_env env;
    atomic_int_least64_t now, slept, sleeps;
    atomic_uint_least64_t chance;
    atomic_bool stop;
} test_env;

JOIST_INLINE test_env *env_of(joist_env *e) { return (test_env *)(void *)e; }
JOIST_INLINE int64_t env_now(joist_env *e) { return atomic_load(&env_of(e)->now); }
JOIST_INLINE void env_sleep(joist_env *e, int64_t ms)
{
    atomic_fetch_add(&env_of(e)->now, ms);
    atomic_fetch_add(&env_of(e)->slept, ms);
    atomic_fetch_add(&env_of(e)->sleeps, 1);
}
JOIST_INLINE uint64_t env_random(joist_env *e)
{
    return atomic_fetch_add(&env_of(e)->chance, 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
}
JOIST_INLINE bool env_stopping(joist_env *e) { return atomic_load(&env_of(e)->stop); }

/* ---- the world ------------------------------------------------------------------------------- */
/* "mem:NAME" as an input: `count` structs of any type, one file for every `per_file` of them. */
typedef struct mem_input {
    const char *name;
    const void *items; size_t count, size, per_file;
    uint64_t lie;               /* records claimed beyond those emitted, once a file */
    const char *reject;         /* the code with which records of an odd index are rejected */
    int64_t stop_at;            /* the record at which a signal arrives; 0: none */
} mem_input;

/* One table of "mem:NAME" as a store: rows as JSON lines; those of the last commit are seen. */
typedef struct mem_table { char name[64]; joist_buffer pending, seen; size_t rows, commits; }
    mem_table;

/* An operation ("write:NAME") that answers `status` the next `times` times. */
typedef struct mem_fault { const char *op; int times; joist_status status; const char *message; }
    mem_fault;

typedef struct mem_mail { char key[64], status[16], error[200]; int64_t attempts; } mem_mail;

static struct {
    pthread_mutex_t lock;
    mem_input inputs[MOST_PLACES];
    mem_table tables[MOST_PLACES];
    mem_fault faults[MOST_FAULTS];
    const char *stop_at;        /* the operation during which a signal arrives */
    const char *refuse;         /* rows whose JSON has this in it are refused */
    int64_t number;             /* of the run that opened a store last */
    size_t refused_beyond;      /* a store that refuses a row it was not given */
    mem_mail mail[1024]; size_t mail_count;
    void (*answer)(const joist_message_row *row, joist_reply *reply);
    int sends, stolen;
    char log[LOG_SIZE]; size_t log_len;
} world = { .lock = PTHREAD_MUTEX_INITIALIZER };

static test_env the_env = { .env = { env_now, env_sleep, env_random, env_stopping },
                            .now = 1700000000000, .chance = 7 };

/* Logs an operation, and answers as the faults say. */
static joist_status operation(const char *verb, joist_text name, joist_error *e)
{
    char op[128];
    joist_status status = JOIST_OK;
    snprintf(op, sizeof op, "%s:%.*s", verb, JOIST_ARG(name));
    pthread_mutex_lock(&world.lock);
    size_t left = LOG_SIZE - world.log_len;
    int n = snprintf(world.log + world.log_len, left, "%s ", op);
    world.log_len += n > 0 && (size_t)n < left ? (size_t)n : 0;
    if (world.stop_at && strcmp(world.stop_at, op) == 0)
        atomic_store(&the_env.stop, true);
    for (size_t i = 0; i < MOST_FAULTS && world.faults[i].op; i++)
        if (world.faults[i].times > 0 && strcmp(world.faults[i].op, op) == 0) {
            world.faults[i].times--;
            status = world.faults[i].status;
            if (world.faults[i].message)
                joist_fail_with(e, JOIST_FATAL, "%s", world.faults[i].message);
            break;
        }
    pthread_mutex_unlock(&world.lock);
    return status;
}

/* ---- reading --------------------------------------------------------------------------------- */
typedef struct mem_source {
    joist_source base;
    const mem_input *input;
    const char *name;
    joist_split *splits; size_t count;
    joist_origin *origins;
} mem_source;

/* `at` and `end` change under world.lock: another worker may steal the rest. */
typedef struct mem_reader {
    joist_reader base;
    mem_source *s;
    size_t file, first, at, end;
    bool begun;
} mem_reader;

static const mem_input *input_named(joist_text name)
{
    for (size_t i = 0; i < MOST_PLACES && world.inputs[i].name; i++)
        if (joist_text_equal(name, joist_text_of(world.inputs[i].name)))
            return &world.inputs[i];
    return NULL;
}

static const joist_source_ops mem_source_ops;

static joist_status mem_source_open(const joist_source_spec *spec, bool optional,
                                    joist_source **out, joist_error *e)
{
    joist_text name = joist_uri_rest(spec->uri);
    joist_status status = operation("read", name, e);
    if (status != JOIST_OK)
        return status;
    const mem_input *input = input_named(name);
    *out = NULL;
    if (!input)
        return optional ? JOIST_OK : joist_fail_with(e, JOIST_FATAL, "no input %.*s",
                                                     JOIST_ARG(name));
    mem_source *s = joist_calloc(1, sizeof *s);
    *s = (mem_source){ { &mem_source_ops }, .input = input, .name = input->name };
    size_t per = input->per_file ? input->per_file : input->count + 1;
    s->count = (input->count + per - 1) / per;
    s->splits = joist_calloc(s->count, sizeof *s->splits);
    s->origins = joist_calloc(s->count, sizeof *s->origins);
    for (size_t i = 0; i < s->count; i++) {
        s->splits[i] = (joist_split){ .first = i, .count = 1, .bytes = per };
        s->origins[i] = (joist_origin){ .uri = spec->uri, .path = spec->uri,
                                        .rank = spec->first_rank + i };
    }
    *out = &s->base;
    return JOIST_OK;
}

static const joist_split *mem_splits(joist_source *base, size_t *count)
{
    mem_source *s = (mem_source *)(void *)base;
    *count = s->count;
    return s->splits;
}

static uint64_t mem_ranks(const joist_source *base)
{
    return ((const mem_source *)(const void *)base)->count;
}

static uint64_t mem_skipped(const joist_source *base)
{
    (void)base;
    return 1;
}

static joist_reader *mem_start(joist_source *base, const joist_split *split, joist_error *e)
{
    mem_source *s = (mem_source *)(void *)base;
    if (operation("start", joist_text_of(s->name), e) != JOIST_OK)
        return NULL;
    size_t per = s->input->per_file ? s->input->per_file : s->input->count + 1;
    size_t first = split->first * per, end = split->end ? first + split->end : first + per;
    mem_reader *r = joist_calloc(1, sizeof *r);
    *r = (mem_reader){ { &mem_source_ops }, s, split->first, first, first + split->begin,
                       end < s->input->count ? end : s->input->count, split->begin > 0 };
    return &r->base;
}

static bool mem_steal(joist_reader *base, joist_split *rest)
{
    mem_reader *r = (mem_reader *)(void *)base;
    pthread_mutex_lock(&world.lock);
    size_t left = r->end - r->at, middle = r->end - left / 2;
    if (left > 1) {
        *rest = (joist_split){ r->file, 1, middle - r->first, r->end - r->first, left / 2 };
        r->end = middle;
        world.stolen++;
    }
    pthread_mutex_unlock(&world.lock);
    return left > 1;
}

/* The next record's place in the input; false: there is none. */
static bool mem_next(mem_reader *r, size_t *at)
{
    pthread_mutex_lock(&world.lock);
    bool more = r->at < r->end;
    *at = more ? r->at++ : r->at;
    pthread_mutex_unlock(&world.lock);
    return more;
}

static void mem_emit(mem_reader *r, size_t i, joist_batch *b)
{
    const mem_input *in = r->s->input;
    joist_position *at = joist_batch_position(b, &r->s->origins[r->file], i * 10, i - r->first + 1,
                                              i - r->first);
    if (in->stop_at && i == (size_t)in->stop_at)
        atomic_store(&the_env.stop, true);
    if (in->reject && i % 2)
        joist_batch_reject(b, at, in->reject, (joist_bytes){ "raw", 3 }, "record %zu", i);
    else
        joist_batch_emit(b, at, (const char *)in->items + i * in->size, in->size);
}

static joist_status mem_read(joist_reader *base, joist_batch *b, joist_error *e)
{
    mem_reader *r = (mem_reader *)(void *)base;
    joist_status status = operation("bundle", joist_text_of(r->s->name), e);
    if (status != JOIST_OK)
        return status;
    size_t at;
    b->files = !r->begun;
    b->records += b->files ? r->s->input->lie : 0;
    r->begun = true;
    while (!joist_batch_full(b) && !b->done) {
        b->done = !mem_next(r, &at);
        if (!b->done)
            mem_emit(r, at, b);
        b->bytes += !b->done;
    }
    return operation("after", joist_text_of(r->s->name), e);
}

static void mem_stop(joist_reader *base)
{
    joist_free(base);
}

static void mem_source_close(joist_source *base)
{
    mem_source *s = (mem_source *)(void *)base;
    joist_free(s->splits);
    joist_free(s->origins);
    joist_free(s);
}

static const joist_source_ops mem_source_ops = {
    .open = mem_source_open, .splits = mem_splits, .ranks = mem_ranks, .skipped = mem_skipped,
    .start = mem_start, .read = mem_read, .steal = mem_steal, .stop = mem_stop,
    .close = mem_source_close,
};

/* ---- storing --------------------------------------------------------------------------------- */
typedef struct mem_store {
    joist_store base;
    joist_text name;
    const joist_table_spec *specs; size_t count;
} mem_store;

/* "NAME.TABLE"; made when it is asked for. */
static mem_table *table_named(const char *name)
{
    size_t i = 0;
    while (i < MOST_PLACES - 1 && world.tables[i].name[0] && strcmp(world.tables[i].name, name))
        i++;
    if (!world.tables[i].name[0])
        snprintf(world.tables[i].name, sizeof world.tables[i].name, "%s", name);
    return &world.tables[i];
}

static mem_table *table_of(const mem_store *s, size_t table)
{
    char name[64];
    snprintf(name, sizeof name, "%.*s.%.*s", JOIST_ARG(s->name), JOIST_ARG(s->specs[table].table));
    pthread_mutex_lock(&world.lock);
    mem_table *t = table_named(name);
    pthread_mutex_unlock(&world.lock);
    return t;
}

/* What a committed table holds, one JSON object a line. */
JOIST_INLINE const char *seen(const char *table)
{
    joist_buffer *b = &table_named(table)->seen;
    *joist_buffer_reserve(b, 1) = '\0';
    return b->ptr;
}

static const joist_store_ops mem_store_ops, mem_plain_ops;

static joist_status mem_open(const joist_store_ops *ops, joist_text uri,
                             const joist_table_spec *specs, size_t count, joist_store **out,
                             joist_error *e)
{
    joist_text name = joist_uri_rest(uri);
    joist_status status = operation("open", name, e);
    if (status != JOIST_OK)
        return status;
    mem_store *s = joist_calloc(1, sizeof *s);
    *s = (mem_store){ { ops }, name, specs, count };
    *out = &s->base;
    return JOIST_OK;
}

static joist_status mem_store_open(joist_text uri, const joist_table_spec *specs, size_t count,
                                   const joist_run_identity *run, joist_env *env,
                                   joist_store **out, joist_error *e)
{
    (void)env;
    world.number = run ? run->number : 0;
    return mem_open(&mem_store_ops, uri, specs, count, out, e);
}

static joist_status mem_plain_open(joist_text uri, const joist_table_spec *specs, size_t count,
                                   const joist_run_identity *run, joist_env *env,
                                   joist_store **out, joist_error *e)
{
    (void)env;
    world.number = run ? run->number : 0;
    return mem_open(&mem_plain_ops, uri, specs, count, out, e);
}

static void mem_row(const joist_type *type, const void *row, joist_buffer *line)
{
    line->len = 0;
    joist_json_write_record(line, type, row, 0);
    joist_buffer_byte(line, '\n');
    *joist_buffer_reserve(line, 1) = '\0';
}

static joist_status mem_write(joist_store *base, size_t table, const joist_rows *rows, size_t *row,
                              joist_error *e)
{
    mem_store *s = (mem_store *)(void *)base;
    joist_status status = operation("write", s->name, e);
    if (world.refused_beyond) {
        *row = rows->count + world.refused_beyond - 1;
        joist_fail_with(e, JOIST_FATAL, "a lie");
        return JOIST_REJECTED;
    }
    mem_table *t = table_of(s, table);
    joist_buffer line = { 0 };
    for (*row = 0; status == JOIST_OK && *row < rows->count; ++*row) {
        mem_row(s->specs[table].type, (const char *)rows->items + *row * rows->size, &line);
        if (world.refuse && strstr(line.ptr, world.refuse)) {
            joist_fail_with(e, JOIST_FATAL, "refused");
            status = JOIST_REJECTED;
            break;
        }
        joist_buffer_add(&t->pending, line.ptr, line.len);
    }
    joist_buffer_free(&line);
    return status;
}

static joist_status mem_begin(joist_store *base, joist_error *e)
{
    return operation("begin", ((mem_store *)(void *)base)->name, e);
}

static joist_status mem_prepare(joist_store *base, joist_error *e)
{
    return operation("prepare", ((mem_store *)(void *)base)->name, e);
}

/* The status is the third member of the row: the outboxes of tests are declared so. */
static void mem_collect_mail(const joist_buffer *rows)
{
    for (const char *line = rows->ptr; line && line < rows->ptr + rows->len;
         line = strchr(line, '\n') + 1) {
        const char *key = strstr(line, "\"id\":\"");
        if (!key || world.mail_count == 1024)
            continue;
        mem_mail *m = &world.mail[world.mail_count++];
        snprintf(m->key, sizeof m->key, "%.*s", (int)strcspn(key + 6, "\""), key + 6);
        snprintf(m->status, sizeof m->status, "pending");
    }
}

static joist_status mem_commit(joist_store *base, joist_error *e)
{
    mem_store *s = (mem_store *)(void *)base;
    joist_status status = operation("commit", s->name, e);
    for (size_t i = 0; status == JOIST_OK && i < s->count; i++) {
        mem_table *t = table_of(s, i);
        joist_buffer_free(&t->seen);
        joist_buffer_add(&t->seen, t->pending.ptr, t->pending.len);
        *joist_buffer_reserve(&t->seen, 1) = '\0';
        t->pending.len = 0;
        t->commits++;
        if (s->specs[i].outbox)
            mem_collect_mail(&t->seen);
    }
    return status;
}

static void mem_close(joist_store *base)
{
    mem_store *s = (mem_store *)(void *)base;
    operation("close", s->name, NULL);
    for (size_t i = 0; i < s->count; i++)
        table_of(s, i)->pending.len = 0;
    joist_free(s);
}

static joist_status mem_pending(joist_store *base, size_t table, joist_text after, size_t limit,
                                joist_message_row *rows, size_t *count, joist_arena *arena,
                                joist_error *e)
{
    (void)table;
    joist_status status = operation("pending", ((mem_store *)(void *)base)->name, e);
    for (size_t i = 0; status == JOIST_OK && i < world.mail_count && *count < limit; i++) {
        mem_mail *m = &world.mail[i];
        joist_text key = joist_text_of(m->key);
        if (strcmp(m->status, "pending") == 0
            && (!after.ptr || joist_text_compare(key, after) > 0))
            rows[(*count)++] = (joist_message_row){ joist_arena_text(arena, key), { "{}", 2 },
                                                    m->attempts };
    }
    return status;
}

static joist_status mem_mark(joist_store *base, size_t table, joist_text key, joist_text status,
                             int64_t attempts, joist_text last_error, joist_time at, joist_error *e)
{
    (void)table;
    cr_assert(at.set);
    joist_status answer = operation("mark", ((mem_store *)(void *)base)->name, e);
    for (size_t i = 0; answer == JOIST_OK && i < world.mail_count; i++)
        if (joist_text_equal(key, joist_text_of(world.mail[i].key))) {
            mem_mail *m = &world.mail[i];
            snprintf(m->status, sizeof m->status, "%.*s", JOIST_ARG(status));
            snprintf(m->error, sizeof m->error, "%.*s", JOIST_ARG(last_error));
            m->attempts = attempts;
        }
    return answer;
}

static const joist_store_ops mem_store_ops = {
    .open = mem_store_open, .begin = mem_begin, .write = mem_write, .prepare = mem_prepare,
    .commit = mem_commit, .close = mem_close, .pending = mem_pending, .mark = mem_mark,
};

/* A store that keeps no outbox. */
static const joist_store_ops mem_plain_ops = {
    .open = mem_plain_open, .write = mem_write, .prepare = mem_prepare, .commit = mem_commit,
    .close = mem_close,
};

/* ---- posting --------------------------------------------------------------------------------- */
static const joist_sender_ops post_ops;

static joist_status post_open(joist_text uri, joist_env *env, joist_sender **out, joist_error *e)
{
    (void)env;
    joist_status status = operation("post", joist_uri_rest(uri), e);
    if (status == JOIST_OK) {
        *out = joist_calloc(1, sizeof **out);
        (*out)->ops = &post_ops;
    }
    return status;
}

static void post_send(joist_sender *s, const joist_message_row *rows, size_t count,
                      joist_reply *replies)
{
    (void)s;
    operation("send", joist_text_of("mail"), NULL);
    world.sends++;
    for (size_t i = 0; i < count; i++)
        if (world.answer)
            world.answer(&rows[i], &replies[i]);
}

static void post_close(joist_sender *s)
{
    joist_free(s);
}

static const joist_sender_ops post_ops = { .open = post_open, .send = post_send,
                                           .close = post_close };

static const joist_connector mem_connector = {
    .version = JOIST_CONNECTOR_VERSION, .name = "mem", .schemes = { "mem" }, .help = "in memory",
    .source = &mem_source_ops, .store = &mem_store_ops,
};
static const joist_connector plain_connector = {
    .version = JOIST_CONNECTOR_VERSION, .name = "plain", .schemes = { "plain" },
    .help = "in memory, without an outbox", .store = &mem_plain_ops,
};
static const joist_connector post_connector = {
    .version = JOIST_CONNECTOR_VERSION, .name = "post", .schemes = { "post" },
    .help = "an endpoint", .sender = &post_ops,
};
static const joist_connector *const mem_connectors[] JOIST_UNUSED = {
    &mem_connector, &plain_connector, &post_connector, NULL,
};

/* ---- a directory, removed by drop_dir -------------------------------------------------------- */
static char test_dir[256];

JOIST_INLINE void make_dir(void)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(test_dir, sizeof test_dir, "%s/joist-run-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    cr_assert_not_null(mkdtemp(test_dir));
}

JOIST_INLINE int drop_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

JOIST_INLINE void drop_dir(void)
{
    nftw(test_dir, drop_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- a run ----------------------------------------------------------------------------------- */
static joist_error error JOIST_UNUSED;
static const joist_report *report JOIST_UNUSED;

/* Three options that nobody cares about are the same everywhere. */
JOIST_INLINE joist_run_options defaults(void)
{
    return (joist_run_options){ .workers = 2, .memory = 64 << 20, .env = &the_env.env };
}

JOIST_INLINE joist_status run_it(joist_pipeline *p, const joist_run_options *o)
{
    joist_status status = joist_pipeline_check(p, NULL, &error);
    cr_assert_eq(status, JOIST_OK, "%s", error.message);
    return joist_pipeline_run(p, o, &report);
}

#define DONE(p, o)                                                                                \
    do {                                                                                          \
        joist_status status_ = run_it(p, o);                                                      \
        cr_assert_eq(status_, JOIST_OK, "%s: %s", report->status, report->error.message);         \
        cr_assert_str_eq(report->status, "done");                                                 \
        cr_assert(report->adds_up);                                                               \
    } while (0)

#define FAILS(p, o, failure_, part)                                                               \
    do {                                                                                          \
        cr_assert_eq(run_it(p, o), JOIST_FAILED);                                                 \
        cr_assert_str_eq(report->status, "failed");                                               \
        cr_assert_eq(report->error.failure, (failure_), "%s", report->error.message);             \
        cr_assert(strstr(report->error.message, (part)), "'%s' is not in '%s'", (part),           \
                  report->error.message);                                                         \
    } while (0)

JOIST_INLINE const joist_stage_report *stage_named(const char *name)
{
    for (size_t i = 0; i < report->stages_count; i++)
        if (strcmp(report->stages[i].name, name) == 0)
            return &report->stages[i];
    cr_assert(0, "no stage %s", name);
    return NULL;
}

#endif
