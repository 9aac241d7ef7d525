/* SPDX-License-Identifier: Apache-2.0
 * Groups are gathered in memory, each once, and written when the transaction ends: a commit of a
 * million rows changes some hundred groups. What is inserted is known here; what an upsert replaces
 * or a DELETE removes is told by temporary triggers, which cost nothing where nothing is replaced,
 * and cannot forget a way in which rows go.
 *
 * A group is kept as a row of the log, in the row coder's bytes: equal bytes, equal groups. */
#include "sqlite_changes.h"

#include "combine_parts.h"
#include "local_file.h"
#include "sqlite_bind.h"
#include "sqlite_table.h"

#include <stdio.h>

enum { DAY_SIZE = 10, DAY_MS = 86400000, SLOTS = 1 << 15, MOST_GROUPS = SLOTS / 2,
       MOST_BYTES = 4 << 20 };

typedef struct slot { uint32_t hash, at, size; } slot;    /* size 0: free */

struct jst_sqlite_changes {
    const joist_table_spec *spec;
    size_t index;                   /* of the table in its store */
    joist_arena *arena;             /* of the members before `db` */
    joist_text table;               /* TABLE_changes */
    joist_type type;                /* of a row of the log without its seq: `record` */
    const joist_field *from[8];     /* of the table's record, by field of `type` */
    void *record;
    char day[8][DAY_SIZE];          /* what texts of `record` point to */
    int64_t day_number[8];
    uint64_t seed;
    slot *slots;
    size_t count;
    joist_buffer groups, next;      /* sizes and rows, in the order noted; the row being noted */
    sqlite3 *db; const char *path;  /* of the transaction; NULL: there is none */
    sqlite3_stmt *drop, *put;
    jst_sqlite_binder *binder;
    joist_error error;              /* of a note made by a trigger */
};

/* ---- the log as a table ---------------------------------------------------------------------- */
static size_t count_times(const joist_table_spec *t)
{
    size_t n = 0;
    for (uint32_t i = 0; i < t->changes.count; i++)
        n += joist_type_field_at(t->type, t->changes.offset[i])->kind == JOIST_KIND_TIME;
    return n;
}

/* A time becomes its day; other fields stay what they are. `offset`: where it goes in the row. */
static joist_field field_of(jst_sqlite_changes *c, const joist_field *f, uint32_t offset)
{
    bool time = f->kind == JOIST_KIND_TIME;
    joist_field column = { .name = f->name, .kind = f->kind, .boxed = f->boxed, .size = f->size,
                           .offset = offset };
    if (!time)
        return column;
    column.kind = JOIST_KIND_TEXT;
    column.boxed = true;
    column.size = sizeof(joist_text);
    column.name = count_times(c->spec) == 1 ? "day"
                : joist_arena_printf(c->arena, "%s_day%c", f->name, 0).ptr;
    return column;
}

static void make_type(jst_sqlite_changes *c)
{
    const joist_table_spec *t = c->spec;
    joist_field *fields = joist_arena_alloc(c->arena, 8 * sizeof *fields);
    c->type = (joist_type){ .name = "change", .fields = fields, .count = t->changes.count };
    for (uint32_t i = 0; i < t->changes.count; i++) {
        c->from[i] = joist_type_field_at(t->type, t->changes.offset[i]);
        fields[i] = field_of(c, c->from[i], (uint32_t)c->type.size);
        c->type.size += (fields[i].size + 15u) & ~15u;
        c->day_number[i] = INT64_MIN;
    }
    c->record = joist_arena_zalloc(c->arena, c->type.size);
}

jst_sqlite_changes *jst_sqlite_changes_new(const joist_table_spec *t, size_t index, joist_env *env)
{
    if (!t->changes.count)
        return NULL;
    jst_sqlite_changes *c = joist_calloc(1, sizeof *c);
    c->spec = t;
    c->index = index;
    c->arena = joist_arena_new();
    c->table = joist_arena_printf(c->arena, "%.*s_changes", JOIST_ARG(t->table));
    c->seed = env->random(env);
    make_type(c);
    c->slots = joist_calloc(SLOTS, sizeof *c->slots);
    c->binder = jst_sqlite_binder_new(&c->type);
    return c;
}

void jst_sqlite_changes_free(jst_sqlite_changes *c)
{
    if (!c)
        return;
    jst_sqlite_changes_end(c);
    jst_sqlite_binder_free(c->binder);
    joist_buffer_free(&c->groups);
    joist_buffer_free(&c->next);
    joist_free(c->slots);
    joist_arena_free(c->arena);
    joist_free(c);
}

static void add_names(const jst_sqlite_changes *c, const char *between, const char *before,
                      const char *behind, joist_buffer *sql)
{
    for (size_t i = 0; i < c->type.count; i++) {
        joist_buffer_printf(sql, "%s%s", i ? between : "", before);
        jst_sqlite_quote(sql, joist_text_of(c->type.fields[i].name));
        joist_buffer_printf(sql, "%s", behind);
    }
}

static void create_sql(const jst_sqlite_changes *c, joist_buffer *sql)
{
    joist_buffer_printf(sql, "CREATE TABLE ");
    jst_sqlite_quote(sql, c->table);
    joist_buffer_printf(sql, " (\n  \"seq\" INTEGER PRIMARY KEY AUTOINCREMENT");
    for (size_t i = 0; i < c->type.count; i++) {
        joist_buffer_printf(sql, ",\n  ");
        jst_sqlite_quote(sql, joist_text_of(c->type.fields[i].name));
        joist_buffer_printf(sql, " %s", jst_sqlite_column_type(&c->type.fields[i]));
    }
    joist_buffer_printf(sql, ",\n  UNIQUE (");
    add_names(c, ", ", "", "", sql);
    joist_buffer_printf(sql, ")\n)%c", 0);
}

joist_status jst_sqlite_changes_declare(const jst_sqlite_changes *c, sqlite3 *model, joist_error *e)
{
    if (!c)
        return JOIST_OK;
    joist_buffer sql = { 0 };
    create_sql(c, &sql);
    joist_status status = JOIST_OK;
    if (sqlite3_exec(model, sql.ptr, NULL, NULL, NULL) != SQLITE_OK) {
        bool no_memory = sqlite3_errcode(model) == SQLITE_NOMEM;
        status = joist_fail_with(e, no_memory ? JOIST_FATAL : JOIST_USAGE,
                                 "\"%.*s\" cannot be a log of changes: %s", JOIST_ARG(c->table),
                                 sqlite3_errmsg(model));
        jst_printable(e->message);
    }
    joist_buffer_free(&sql);
    return status;
}

joist_status jst_sqlite_changes_verify(const jst_sqlite_changes *c, sqlite3 *db, const char *path,
                                       sqlite3 *model, joist_error *e)
{
    bool has = false;
    joist_status status = c ? jst_sqlite_has_table(db, path, c->table, &has, e) : JOIST_OK;
    return has && status == JOIST_OK ? jst_sqlite_compare(db, path, model, c->table, e) : status;
}

/* ---- noting groups --------------------------------------------------------------------------- */
static void clear(jst_sqlite_changes *c)
{
    memset(c->slots, 0, SLOTS * sizeof *c->slots);
    c->count = 0;
    c->groups.len = 0;
}

/* True: the group in c->next was not noted yet, and is now. */
static bool add_group(jst_sqlite_changes *c)
{
    joist_text row = joist_buffer_view(&c->next);
    uint32_t hash = (uint32_t)jst_hash_text(row, c->seed);
    slot *s = &c->slots[hash % SLOTS];
    while (s->size && (s->hash != hash || s->size != row.len
                       || memcmp(c->groups.ptr + s->at, row.ptr, row.len) != 0))
        s = s + 1 == c->slots + SLOTS ? c->slots : s + 1;
    if (s->size)
        return false;
    uint32_t size = (uint32_t)row.len;
    joist_buffer_add(&c->groups, &size, sizeof size);
    *s = (slot){ hash, (uint32_t)c->groups.len, size };
    joist_buffer_text(&c->groups, row);
    return ++c->count;
}

static joist_status note_record(jst_sqlite_changes *c, joist_error *e)
{
    c->next.len = 0;
    joist_row_encode(&c->type, c->record, &c->next);
    bool full = add_group(c) && (c->count >= MOST_GROUPS || c->groups.len >= MOST_BYTES);
    return full ? jst_sqlite_changes_flush(c, e) : JOIST_OK;
}

static joist_text day_of(jst_sqlite_changes *c, size_t i, const joist_time *t)
{
    char text[JOIST_TIME_SIZE];
    int64_t day = t->ms / DAY_MS - (t->ms % DAY_MS < 0);
    if (!t->set)
        return JOIST_NO_TEXT;
    if (day != c->day_number[i]) {
        joist_time_format(t->ms, text);
        memcpy(c->day[i], text, DAY_SIZE);
        c->day_number[i] = day;
    }
    return (joist_text){ c->day[i], DAY_SIZE };
}

joist_status jst_sqlite_changes_note(jst_sqlite_changes *c, const void *row, joist_error *e)
{
    for (size_t i = 0; i < c->type.count; i++) {
        const joist_field *from = c->from[i], *to = &c->type.fields[i];
        const void *value = (const char *)row + from->offset;
        joist_text day;
        if (from->kind == JOIST_KIND_TIME) {
            day = day_of(c, i, value);
            value = &day;
        }
        memcpy((char *)c->record + to->offset, value, to->size);
    }
    return note_record(c, e);
}

/* ---- what triggers tell ---------------------------------------------------------------------- */
static joist_text text_of(sqlite3_value *v, bool day)
{
    int type = sqlite3_value_type(v);
    if (type == SQLITE_NULL || (day && type != SQLITE_TEXT))
        return JOIST_NO_TEXT;
    const char *ptr = (const char *)sqlite3_value_blob(v);
    size_t len = (size_t)sqlite3_value_bytes(v);
    return (joist_text){ ptr ? ptr : "", day && len > DAY_SIZE ? DAY_SIZE : len };
}

static void set_int(const joist_field *f, void *out, sqlite3_value *v)
{
    joist_int n = { sqlite3_value_int64(v), sqlite3_value_type(v) != SQLITE_NULL };
    memcpy(out, f->boxed ? (const void *)&n : (const void *)&n.v, f->size);
}

static void set_float(const joist_field *f, void *out, sqlite3_value *v)
{
    joist_float n = { sqlite3_value_double(v), sqlite3_value_type(v) != SQLITE_NULL };
    memcpy(out, f->boxed ? (const void *)&n : (const void *)&n.v, f->size);
}

static void set_bool(const joist_field *f, void *out, sqlite3_value *v)
{
    joist_bool n = { sqlite3_value_int(v) != 0, sqlite3_value_type(v) != SQLITE_NULL };
    memcpy(out, f->boxed ? (const void *)&n : (const void *)&n.v, f->size);
}

static void set_field(const jst_sqlite_changes *c, size_t i, sqlite3_value *v)
{
    const joist_field *f = &c->type.fields[i];
    void *out = (char *)c->record + f->offset;
    joist_text text;
    switch (f->kind) {
    case JOIST_KIND_INT:   set_int(f, out, v); break;
    case JOIST_KIND_FLOAT: set_float(f, out, v); break;
    case JOIST_KIND_BOOL:  set_bool(f, out, v); break;
    case JOIST_KIND_TEXT:
    case JOIST_KIND_BYTES:
    case JOIST_KIND_JSON:
    case JOIST_KIND_TIME:
    case JOIST_KIND_RECORD:
    default:
        text = text_of(v, c->from[i]->kind == JOIST_KIND_TIME);
        memcpy(out, &text, sizeof text);
    }
}

/* joist_changed_N(field, …): a row with these values goes. */
static void told(sqlite3_context *context, int count, sqlite3_value **values)
{
    jst_sqlite_changes *c = sqlite3_user_data(context);
    for (size_t i = 0; i < (size_t)count && i < c->type.count; i++)
        set_field(c, i, values[i]);
    if (c->db && note_record(c, &c->error) != JOIST_OK)
        sqlite3_result_error(context, c->error.message, -1);
}

static void trigger_sql(const jst_sqlite_changes *c, const char *event, joist_buffer *sql)
{
    joist_buffer_printf(sql, "CREATE TEMP TRIGGER IF NOT EXISTS joist_%s_%zu AFTER %s ON main.",
                        event, c->index, event);
    jst_sqlite_quote(sql, c->spec->table);
    joist_buffer_printf(sql, " BEGIN SELECT joist_changed_%zu", c->index);
    for (size_t i = 0; i < c->type.count; i++) {
        joist_buffer_printf(sql, "%sOLD.", i ? ", " : "(");
        jst_sqlite_quote(sql, joist_text_of(c->from[i]->name));
    }
    joist_buffer_printf(sql, "); END;\n");
}

static joist_status make_triggers(jst_sqlite_changes *c, joist_error *e)
{
    char function[40];
    joist_buffer sql = { 0 };
    snprintf(function, sizeof function, "joist_changed_%zu", c->index);
    int rc = sqlite3_create_function_v2(c->db, function, (int)c->type.count, SQLITE_UTF8, c, told,
                                        NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        return jst_sqlite_fail_code(rc, c->db, c->path, "write", e);
    trigger_sql(c, "UPDATE", &sql);
    trigger_sql(c, "DELETE", &sql);
    joist_buffer_byte(&sql, '\0');
    joist_status status = jst_sqlite_exec(c->db, c->path, sql.ptr, e);
    joist_buffer_free(&sql);
    return status;
}

/* ---- a transaction --------------------------------------------------------------------------- */
static joist_status make_table(const jst_sqlite_changes *c, joist_error *e)
{
    bool has = false;
    joist_buffer sql = { 0 };
    joist_status status = jst_sqlite_has_table(c->db, c->path, c->table, &has, e);
    create_sql(c, &sql);
    if (status == JOIST_OK && !has)
        status = jst_sqlite_exec(c->db, c->path, sql.ptr, e);
    joist_buffer_free(&sql);
    return status;
}

static bool leads_key(const joist_table_spec *t, const joist_field *f)
{
    return t->key.count && t->key.offset[0] == f->offset;
}

static void index_sql(const jst_sqlite_changes *c, const joist_field *f, joist_buffer *sql)
{
    joist_buffer name = { 0 };
    joist_buffer_printf(&name, "%.*s_by_%s", JOIST_ARG(c->spec->table), f->name);
    joist_buffer_printf(sql, "CREATE INDEX IF NOT EXISTS ");
    jst_sqlite_quote(sql, joist_buffer_view(&name));
    joist_buffer_printf(sql, " ON ");
    jst_sqlite_quote(sql, c->spec->table);
    joist_buffer_printf(sql, " (");
    jst_sqlite_quote(sql, joist_text_of(f->name));
    joist_buffer_printf(sql, ");\n");
    joist_buffer_free(&name);
}

/* Who is told of changed days wants to read them. */
static joist_status make_indexes(const jst_sqlite_changes *c, joist_error *e)
{
    joist_buffer sql = { 0 };
    for (size_t i = 0; i < c->type.count; i++)
        if (c->from[i]->kind == JOIST_KIND_TIME && !leads_key(c->spec, c->from[i]))
            index_sql(c, c->from[i], &sql);
    joist_buffer_byte(&sql, '\0');
    joist_status status = jst_sqlite_exec(c->db, c->path, sql.ptr, e);
    joist_buffer_free(&sql);
    return status;
}

/* IS, because a field may be NULL; so UNIQUE would not do. */
static joist_status prepare(jst_sqlite_changes *c, joist_error *e)
{
    joist_buffer drop = { 0 }, put = { 0 };
    joist_buffer_printf(&drop, "DELETE FROM ");
    jst_sqlite_quote(&drop, c->table);
    joist_buffer_printf(&drop, " WHERE ");
    add_names(c, " AND ", "", " IS ?", &drop);
    joist_buffer_printf(&put, "INSERT INTO ");
    jst_sqlite_quote(&put, c->table);
    joist_buffer_printf(&put, " (");
    add_names(c, ", ", "", "", &put);
    for (size_t i = 0; i < c->type.count; i++)
        joist_buffer_printf(&put, i ? ", ?" : ") VALUES (?");
    joist_buffer_printf(&put, ")");
    joist_status status =
        jst_sqlite_prepare(c->db, c->path, joist_buffer_view(&drop), &c->drop, e);
    if (status == JOIST_OK)
        status = jst_sqlite_prepare(c->db, c->path, joist_buffer_view(&put), &c->put, e);
    joist_buffer_free(&drop);
    joist_buffer_free(&put);
    return status;
}

joist_status jst_sqlite_changes_begin(jst_sqlite_changes *c, sqlite3 *db, const char *path,
                                      joist_error *e)
{
    if (!c)
        return JOIST_OK;
    c->db = db;
    c->path = path;
    clear(c);
    joist_status status = make_table(c, e);
    if (status == JOIST_OK)
        status = make_indexes(c, e);
    if (status == JOIST_OK)
        status = prepare(c, e);
    return status == JOIST_OK ? make_triggers(c, e) : status;
}

static joist_status step(jst_sqlite_changes *c, sqlite3_stmt *s, const void *record, joist_error *e)
{
    bool done = jst_sqlite_bind(c->binder, s, record) == SQLITE_OK
             && sqlite3_step(s) == SQLITE_DONE;
    joist_status status = done ? JOIST_OK : jst_sqlite_fail(c->db, c->path, "write", e);
    sqlite3_reset(s);
    return status;
}

static joist_status write_group(jst_sqlite_changes *c, const char *row, size_t size, void *record,
                                joist_arena *a, joist_error *e)
{
    joist_row_decode(&c->type, row, size, record, a);
    joist_status status = step(c, c->drop, record, e);
    return status == JOIST_OK ? step(c, c->put, record, e) : status;
}

joist_status jst_sqlite_changes_flush(jst_sqlite_changes *c, joist_error *e)
{
    joist_arena *a = joist_arena_new();
    void *record = joist_arena_zalloc(a, c->type.size);
    joist_status status = JOIST_OK;
    uint32_t size;
    for (size_t at = 0; at < c->groups.len && status == JOIST_OK; at += sizeof size + size) {
        memcpy(&size, c->groups.ptr + at, sizeof size);
        status = write_group(c, c->groups.ptr + at + sizeof size, size, record, a, e);
    }
    joist_arena_free(a);
    clear(c);
    return status;
}

void jst_sqlite_changes_end(jst_sqlite_changes *c)
{
    if (!c)
        return;
    sqlite3_finalize(c->drop);
    sqlite3_finalize(c->put);
    c->drop = c->put = NULL;
    c->db = NULL;
}
