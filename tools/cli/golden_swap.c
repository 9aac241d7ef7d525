/* SPDX-License-Identifier: Apache-2.0
 * A program's own connectors come before the built-in ones, so a copy of the definition with our
 * table is all it takes. Connectors get no context but the environment, and that is ours: it leads
 * back to the swap. All calls come from the thread that runs the pipeline. */
#include "golden_swap.h"

#include "../../transforms/read_create.h"
#include "../../transforms/read_source.h"
#include "../../transforms/sqlite_rows.h"
#include "../../transforms/write_ndjson.h"
#include "../../transforms/write_sqlite.h"
#include "golden_files.h"

#include <stdio.h>
#include <unistd.h>

JOIST_RECORD_DEFINE(jst_golden_post, JST_GOLDEN_POST);
JOIST_RECORD_DEFINE(jst_golden_reply, JST_GOLDEN_REPLY);

static jst_golden_swap *swap_of(joist_env *env)
{
    return (jst_golden_swap *)(void *)env;
}

/* ---- names ----------------------------------------------------------------------------------- */
static joist_text option_with(const jst_golden_swap *w, joist_text uri)
{
    for (size_t i = 0; i < w->options->count; i++) {
        const jst_cli_option *option = &w->options->items[i];
        if (strcmp(option->group, "pipeline") == 0 && joist_text_equal(option->value, uri))
            return option->name;
    }
    return JOIST_NO_TEXT;
}

static bool name_of(jst_golden_swap *w, joist_text uri, joist_text *name, joist_error *e)
{
    for (size_t i = 0; i < w->stores_count; i++)
        if (joist_text_equal(w->stores[i].uri, uri)) {
            *name = w->stores[i].name;
            return true;
        }
    if (w->stores_count == JST_GOLDEN_STORES) {
        joist_fail_with(e, JOIST_FATAL, "a case has at most %d stores", JST_GOLDEN_STORES);
        return false;
    }
    *name = option_with(w, uri);
    if (joist_text_null(*name))
        *name = joist_arena_printf(w->arena, "store%zu", w->stores_count + 1);
    w->stores[w->stores_count].uri = joist_arena_text(w->arena, uri);
    w->stores[w->stores_count++].name = *name;
    return true;
}

static joist_text side_file(jst_golden_swap *w, joist_text store, joist_text table)
{
    return joist_arena_printf(w->arena, "side/%.*s/%.*s.jsonl", JOIST_ARG(store), JOIST_ARG(table));
}

static joist_text database(jst_golden_swap *w, joist_text store)
{
    return joist_arena_printf(w->arena, "stores/%.*s.db", JOIST_ARG(store));
}

/* ---- rows that a store holds before the run -------------------------------------------------- */
/* The type as its columns are called: no paths, and texts taken whole. */
static const joist_type *by_columns(joist_arena *a, const joist_type *type)
{
    joist_type *copy = joist_arena_alloc(a, sizeof *copy);
    joist_field *fields = joist_arena_alloc(a, type->count * sizeof *fields);
    memcpy(fields, type->fields, type->count * sizeof *fields);
    for (size_t i = 0; i < type->count; i++) {
        fields[i].from = NULL;
        fields[i].limit = UINT32_MAX;
        fields[i].flags &= ~(uint32_t)(JOIST_ENTITIES | JOIST_IF_OBJECT);
        fields[i].record = fields[i].record ? by_columns(a, fields[i].record) : NULL;
        fields[i].items = fields[i].items ? by_columns(a, fields[i].items) : NULL;
    }
    *copy = (joist_type){ .name = type->name, .size = type->size, .fields = fields,
                          .count = type->count };
    return copy;
}

static joist_status decode_rows(jst_golden_swap *w, const jst_golden_rows *lines, joist_text path,
                                const joist_type *type, joist_rows *rows, joist_error *e)
{
    char *items = joist_arena_alloc(w->arena, (lines->count + 1) * type->size);
    const joist_type *columns = by_columns(w->arena, type);
    joist_json_error wrong;
    for (size_t i = 0; i < lines->count; i++)
        if (!joist_json_decode_with(lines->items[i].text, columns, items + i * type->size,
                                    w->arena, NULL, &wrong))
            return joist_fail_with(e, JOIST_USAGE, "%.*s:%zu: %s", JOIST_ARG(path),
                                   lines->items[i].line, wrong.message);
    *rows = (joist_rows){ items, lines->count, type->size, NULL };
    return JOIST_OK;
}

static joist_status load_table(jst_golden_swap *w, joist_store *store, size_t index,
                               const joist_table_spec *spec, joist_text name, joist_error *e)
{
    joist_text path = side_file(w, name, spec->table), text;
    jst_golden_rows lines = { .arena = w->arena };
    joist_rows rows;
    size_t refused;
    if (!jst_golden_read(w->arena, path, &text, e))
        return e->message[0] ? JOIST_FAILED : JOIST_OK;
    if (jst_golden_rows_parse(&lines, text, path, e) != JOIST_OK
        || decode_rows(w, &lines, path, spec->type, &rows, e) != JOIST_OK)
        return JOIST_FAILED;
    return store->ops->write(store, index, &rows, &refused, e) == JOIST_OK ? JOIST_OK
                                                                           : JOIST_FAILED;
}

/* As upserts, whatever hour the run is about to replace. */
static joist_status load(jst_golden_swap *w, joist_text uri, const joist_table_spec *tables,
                         size_t count, joist_text name, joist_error *e)
{
    joist_store *store = NULL;
    joist_table_spec *plain = joist_arena_alloc(w->arena, count * sizeof *plain);
    memcpy(plain, tables, count * sizeof *plain);
    for (size_t i = 0; i < count; i++) {
        plain[i].hour = JOIST_NO_TEXT;
        plain[i].window = (joist_fields){ 0 };
    }
    if (jst_sqlite_store.open(uri, plain, count, NULL, &w->clock.proxy.env, &store, e) != JOIST_OK)
        return JOIST_FAILED;
    joist_status status = JOIST_OK;
    for (size_t i = 0; i < count && status == JOIST_OK; i++)
        status = load_table(w, store, i, &plain[i], name, e);
    if (status == JOIST_OK)
        status = store->ops->prepare(store, e);
    if (status == JOIST_OK)
        status = store->ops->commit(store, e);
    store->ops->close(store);
    return status;
}

/* ---- stores ---------------------------------------------------------------------------------- */
static joist_status note_tables(jst_golden_swap *w, const joist_table_spec *tables, size_t count,
                                joist_text name, joist_error *e)
{
    if (w->tables_count + count > JST_GOLDEN_TABLES)
        return joist_fail_with(e, JOIST_FATAL, "a case has at most %d tables", JST_GOLDEN_TABLES);
    for (size_t i = 0; i < count; i++)
        w->tables[w->tables_count++] = (jst_golden_table){
            name, joist_arena_text(w->arena, tables[i].table), tables[i].type, tables[i].outbox,
        };
    return JOIST_OK;
}

/* A table without a key is a file: a run replaces it. */
static bool is_replaced(const joist_table_spec *tables, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (tables[i].key.count || tables[i].window.count)
            return false;
    return true;
}

static joist_status open_store(joist_text uri, const joist_table_spec *tables, size_t count,
                               const joist_run_identity *run, joist_env *env, joist_store **out,
                               joist_error *e)
{
    jst_golden_swap *w = swap_of(env);
    joist_text name;
    if (joist_text_starts(uri, JOIST_TEXT(JST_GOLDEN_DEAD "/")))
        return jst_ndjson_store.open(uri, tables, count, run, env, out, e);
    if (!name_of(w, uri, &name, e) || note_tables(w, tables, count, name, e) != JOIST_OK)
        return JOIST_FAILED;
    joist_text file = database(w, name);
    joist_text sqlite = joist_arena_printf(w->arena, "sqlite:%.*s", JOIST_ARG(file));
    if (is_replaced(tables, count))
        unlink(file.ptr);
    if (!jst_golden_is_there(file) && load(w, sqlite, tables, count, name, e) != JOIST_OK)
        return JOIST_FAILED;
    return jst_sqlite_store.open(sqlite, tables, count, run, env, out, e);
}

/* ---- sources --------------------------------------------------------------------------------- */
static joist_status open_source(const joist_source_spec *spec, bool optional, joist_source **out,
                                joist_error *e)
{
    jst_golden_swap *w = swap_of(spec->env);
    joist_text scheme = joist_uri_scheme(spec->uri), name;
    if (!scheme.len || joist_text_equal(scheme, JOIST_TEXT("file")))
        return jst_file_source.open(spec, optional, out, e);
    *out = NULL;
    if (!name_of(w, spec->uri, &name, e))
        return JOIST_FAILED;
    joist_source_spec file = *spec;
    file.uri = side_file(w, name, spec->table);
    file.query = JOIST_NO_TEXT;
    file.csv = false;
    file.window = file.since = file.until = JOIST_NO_TEXT;
    return jst_golden_is_there(file.uri) ? jst_file_source.open(&file, optional, out, e) : JOIST_OK;
}

/* ---- senders --------------------------------------------------------------------------------- */
typedef struct sender { joist_sender base; jst_golden_swap *swap; joist_text endpoint; } sender;

static jst_golden_post *post_of(const sender *s, joist_text key)
{
    jst_golden_swap *w = s->swap;
    for (size_t i = 0; i < w->posts_count; i++)
        if (joist_text_equal(w->posts[i].key, key)
            && joist_text_equal(w->posts[i].endpoint, s->endpoint))
            return &w->posts[i];
    if (w->posts_count == JST_GOLDEN_POSTS)
        return NULL;
    w->posts[w->posts_count] = (jst_golden_post){ .endpoint = s->endpoint,
                                                  .key = joist_arena_text(w->arena, key) };
    return &w->posts[w->posts_count++];
}

static joist_reply reply_to(const jst_golden_swap *w, const jst_golden_post *post)
{
    joist_reply answer = { .status = JOIST_OK };
    for (size_t i = 0; i < w->replies_count; i++) {
        const jst_golden_reply *r = &w->replies[i];
        if (!joist_text_equal(r->key, post->key) || (r->times.set && post->tries > r->times.v))
            continue;
        answer.status = joist_text_equal(r->reply, JOIST_TEXT("sent")) ? JOIST_OK
            : joist_text_equal(r->reply, JOIST_TEXT("retry")) ? JOIST_RETRY : JOIST_REJECTED;
        snprintf(answer.error, sizeof answer.error, "%.*s", JOIST_ARG(r->error));
    }
    return answer;
}

static void send_rows(joist_sender *base, const joist_message_row *rows, size_t count,
                      joist_reply *replies)
{
    const sender *s = (const sender *)(const void *)base;
    for (size_t i = 0; i < count; i++) {
        jst_golden_post *post = post_of(s, rows[i].key);
        if (!post) {
            replies[i] = (joist_reply){ .status = JOIST_REJECTED, .error = "too many posts" };
            continue;
        }
        joist_text body = { rows[i].body.ptr, rows[i].body.len };
        body = joist_arena_text(s->swap->arena, body);
        post->body = (joist_json){ body.ptr, body.len };
        post->tries++;
        replies[i] = reply_to(s->swap, post);
    }
}

static void close_sender(joist_sender *base)
{
    joist_free(base);
}

static joist_status open_sender(joist_text uri, joist_env *env, joist_sender **out, joist_error *e);

static const joist_sender_ops swapped_sender = {
    .open = open_sender, .send = send_rows, .close = close_sender,
};

static joist_status open_sender(joist_text uri, joist_env *env, joist_sender **out, joist_error *e)
{
    sender *s = joist_calloc(1, sizeof *s);
    *s = (sender){ { &swapped_sender }, swap_of(env), joist_arena_text(swap_of(env)->arena, uri) };
    *out = &s->base;
    (void)e;
    return JOIST_OK;
}

/* ---- the table of connectors ----------------------------------------------------------------- */
/* What is opened brings its own operations; these are asked for nothing but `open`. */
static const joist_store_ops swapped_store = { .open = open_store };
static const joist_source_ops swapped_source = { .open = open_source };

static size_t count_connectors(const joist_connector *const *table)
{
    size_t n = 0;
    while (table && table[n])
        n++;
    return n;
}

static const joist_connector *swapped(joist_arena *a, const joist_connector *c)
{
    joist_connector *copy = joist_arena_alloc(a, sizeof *copy);
    *copy = *c;
    copy->store = c->store ? &swapped_store : NULL;
    if (c->source && c->source != &jst_create_source)      /* which reads nothing but the program */
        copy->source = &swapped_source;
    copy->sender = c->sender ? &swapped_sender : NULL;
    return copy;
}

static const joist_connector *const *swap_all(joist_arena *a, const joist_connector *const *own)
{
    size_t ours = count_connectors(own), all = ours + count_connectors(joist_connectors);
    const joist_connector **table = joist_arena_zalloc(a, (all + 1) * sizeof(void *));
    for (size_t i = 0; i < all; i++)
        table[i] = swapped(a, i < ours ? own[i] : joist_connectors[i - ours]);
    return table;
}

static void no_sleep(joist_env *env, int64_t ms)
{
    (void)env;
    (void)ms;
}

jst_golden_swap *jst_golden_swap_new(joist_arena *a, const joist_pipeline_def *def,
                                     const jst_cli_options *options, int64_t now_ms)
{
    jst_golden_swap *w = joist_arena_zalloc(a, sizeof *w);
    w->arena = a;
    w->options = options;
    w->quick = *joist_env_system();
    w->quick.sleep_ms = no_sleep;
    jst_cli_clock_set(&w->clock, &w->quick, now_ms);
    w->def = *def;
    w->def.connectors = swap_all(a, def->connectors);
    return w;
}

/* ---- replies, rows, posts -------------------------------------------------------------------- */
static bool known_reply(joist_text word)
{
    return joist_text_equal(word, JOIST_TEXT("sent")) || joist_text_equal(word, JOIST_TEXT("retry"))
        || joist_text_equal(word, JOIST_TEXT("refused"));
}

joist_status jst_golden_swap_replies(jst_golden_swap *w, joist_text text, joist_error *e)
{
    jst_golden_rows lines = { .arena = w->arena };
    joist_json_error wrong;
    if (jst_golden_rows_parse(&lines, text, JOIST_TEXT("replies.jsonl"), e) != JOIST_OK)
        return JOIST_FAILED;
    for (size_t i = 0; i < lines.count && i < JST_GOLDEN_POSTS; i++) {
        jst_golden_reply *r = &w->replies[w->replies_count++];
        if (!joist_json_decode_with(lines.items[i].text, &jst_golden_reply_type, r, w->arena, NULL,
                                    &wrong)
            || joist_text_null(r->key) || !known_reply(r->reply))
            return joist_fail_with(e, JOIST_USAGE, "replies.jsonl:%zu: wanted \"key\" and"
                                   " \"reply\": sent, retry or refused", lines.items[i].line);
    }
    return JOIST_OK;
}

static bool add_record(jst_golden_rows *rows, const joist_type *type, const void *record)
{
    joist_buffer line = { 0 };
    joist_json_write_record(&line, type, record, 0);
    bool fine = jst_golden_rows_add(rows, joist_buffer_view(&line), 0);
    joist_buffer_free(&line);
    return fine;
}

static joist_status read_rows(jst_golden_swap *w, const jst_sqlite_query *query,
                              jst_golden_rows *rows, joist_error *e)
{
    jst_sqlite_rows *in = jst_sqlite_rows_open(query, e);
    void *record = joist_arena_alloc(w->arena, query->type->size);
    bool more = in != NULL;
    joist_status status = in ? JOIST_OK : JOIST_FAILED;
    while (status == JOIST_OK && more) {
        size_t size;
        status = jst_sqlite_rows_next(in, record, &size, &more, w->arena, e);
        if (status == JOIST_OK && more && !add_record(rows, query->type, record))
            status = joist_fail_with(e, JOIST_FATAL, "a row of %.*s is no JSON object",
                                     JOIST_ARG(query->table));
    }
    jst_sqlite_rows_close(in);
    return status;
}

joist_status jst_golden_swap_rows(jst_golden_swap *w, const jst_golden_table *t,
                                  jst_golden_rows *rows, joist_error *e)
{
    joist_text file = database(w, t->store);
    jst_sqlite_query query = { .path = file.ptr, .table = t->table, .type = t->type,
                               .max_record = INT64_MAX, .env = &w->clock.proxy.env };
    bool any = false;
    if (!jst_golden_is_there(file))
        return JOIST_OK;
    if (jst_sqlite_rows_any(&query, &any, e) != JOIST_OK)
        return JOIST_FAILED;
    return any ? read_rows(w, &query, rows, e) : JOIST_OK;
}

void jst_golden_swap_posts(jst_golden_swap *w, jst_golden_rows *rows)
{
    for (size_t i = 0; i < w->posts_count; i++)
        add_record(rows, &jst_golden_post_type, &w->posts[i]);
}
