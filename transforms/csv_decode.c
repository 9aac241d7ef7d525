/* SPDX-License-Identifier: Apache-2.0
 * An empty cell is NULL, quoted or not, and so is one that does not cast. Lists, nested records and
 * json are read from a cell that holds them as JSON. */
#include "csv_decode.h"

#include "json_bytes.h"
#include "json_utf8.h"
#include "json_value.h"

/* ---- columns --------------------------------------------------------------------------------- */
void jst_csv_columns_init(jst_csv_columns *c, const joist_type *type, char separator)
{
    *c = (jst_csv_columns){ .type = type, .separator = separator };
}

static void forget(jst_csv_columns *c)
{
    joist_free(c->sources);
    joist_free(c->ends);
    c->sources = NULL;
    c->ends = NULL;
    c->header.len = 0;
}

void jst_csv_columns_free(jst_csv_columns *c)
{
    forget(c);
    joist_buffer_free(&c->header);
}

/* The first column of that name from `first` on, or names->count. */
static size_t column_named(const jst_csv_cells *names, joist_text name, size_t first)
{
    while (first < names->count && !joist_text_equal(names->items[first], name))
        first++;
    return first;
}

/* The next of "a|b|c", which loses it. */
static joist_text next_name(joist_text *from)
{
    const char *bar = memchr(from->ptr, '|', from->len);
    joist_text name = { from->ptr, bar ? (size_t)(bar - from->ptr) : from->len };
    size_t used = name.len + (bar != NULL);
    *from = (joist_text){ from->ptr + used, from->len - used };
    return name;
}

static bool match(jst_csv_columns *c, const jst_csv_cells *names, joist_text name, size_t *used)
{
    size_t at = column_named(names, name, 0);
    if (at == names->count)
        return true;
    c->sources[(*used)++] = (uint32_t)at;
    return column_named(names, name, at + 1) == names->count;
}

/* False: two columns have the name of one that is read. */
static bool match_field(jst_csv_columns *c, const jst_csv_cells *names, size_t i, size_t *used)
{
    const joist_field *f = &c->type->fields[i];
    joist_text name = joist_text_of(f->name);
    joist_text from = f->from && strcmp(f->from, f->name) != 0 ? joist_text_of(f->from)
                                                               : JOIST_TEXT("");
    bool good = match(c, names, name, used);
    while (good && from.len)
        good = match(c, names, next_name(&from), used);
    c->ends[i] = *used;
    return good;
}

static size_t most_sources(const joist_type *type)
{
    size_t n = 1;
    for (size_t i = 0; i < type->count; i++) {
        n += 2;
        for (const char *p = type->fields[i].from; p && (p = strchr(p, '|')); p++)
            n++;
    }
    return n;
}

static bool refuse(jst_csv_error *e, const char *message)
{
    *e = (jst_csv_error){ 0, message };
    return false;
}

static bool match_all(jst_csv_columns *c, const jst_csv_cells *names, jst_csv_error *e)
{
    size_t used = 0;
    c->count = names->count;
    c->sources = joist_calloc(most_sources(c->type), sizeof *c->sources);
    c->ends = joist_calloc(c->type->count + 1, sizeof *c->ends);
    for (size_t i = 0; i < c->type->count; i++)
        if (!match_field(c, names, i, &used))
            return refuse(e, "the header has two columns of one name");
    return used || refuse(e, "no column of the header is a field of the record: is another byte the"
                             " separator, or is there no header?");
}

bool jst_csv_columns_take(jst_csv_columns *c, joist_text header, jst_csv_error *e)
{
    if (c->header.len && joist_text_equal(joist_buffer_view(&c->header), header))
        return true;
    joist_arena *arena = joist_arena_new();
    jst_csv_cells names = { 0 };
    forget(c);
    bool good = jst_csv_split(header, c->separator, UINT32_MAX, &names, arena, e);
    for (size_t i = 0; good && i < names.count; i++)
        names.items[i] = joist_trim(names.items[i]);
    good = good && match_all(c, &names, e);
    if (good)
        joist_buffer_text(&c->header, header);
    jst_csv_cells_free(&names);
    joist_arena_free(arena);
    return good;
}

static size_t begin_of(const jst_csv_columns *c, size_t field)
{
    return field ? c->ends[field - 1] : 0;
}

bool jst_csv_columns_have(const jst_csv_columns *c, const joist_field *f)
{
    size_t i = (size_t)(f - c->type->fields);
    return begin_of(c, i) < c->ends[i];
}

/* ---- cells ----------------------------------------------------------------------------------- */
static bool is_utf8(joist_text t)
{
    const char *p = t.ptr, *end = p + t.len;
    size_t bad = 0, n = 1;
    for (; p < end && n; p += n)
        n = jst_utf8_length(p, end, &bad);
    return n;
}

static joist_text repaired(joist_text cell, joist_arena *arena)
{
    if (jst_json_clean(cell.ptr, cell.len) || is_utf8(cell))
        return cell;
    joist_buffer out = { 0 };
    jst_utf8_repair(&out, cell);
    joist_text copy = joist_arena_text(arena, joist_buffer_view(&out));
    joist_buffer_free(&out);
    return copy;
}

/* Boxed or bare, as the field's C type is; the value comes first in all three. */
static bool cast_number(const joist_field *f, joist_text cell, void *out)
{
    joist_int i = { 0 };
    joist_bool b = { 0 };
    joist_float x = { 0 };
    switch (f->kind) {
    case JOIST_KIND_INT: jst_chars_int(cell, &i); break;
    case JOIST_KIND_BOOL: jst_chars_bool(cell, &b); break;
    default: jst_chars_float(cell, &x); break;
    }
    const void *value = f->kind == JOIST_KIND_INT ? (void *)&i
                      : f->kind == JOIST_KIND_BOOL ? (void *)&b : (void *)&x;
    memcpy(out, value, f->size);
    return i.set || b.set || x.set;
}

/* A value that is JSON in its cell. */
static bool cast_json(const joist_field *f, joist_text cell, void *out, joist_arena *arena)
{
    joist_text t = joist_trim(repaired(cell, arena));
    if (!t.len || t.len > UINT32_MAX || joist_json_skip(t, NULL) != t.len)
        return false;
    joist_json v = { t.ptr, t.len };
    jst_cast cast = jst_value_field(v, f, out, arena);
    return cast != JST_CAST_FAILED && !jst_value_is_missing(v);
}

/* True if the field has got something. */
static bool cast_cell(const joist_field *f, joist_text cell, void *out, joist_arena *arena)
{
    joist_text *text = out;
    joist_time at;
    if (joist_field_repeated(f))
        return cast_json(f, cell, out, arena);
    switch (f->kind) {
    case JOIST_KIND_TEXT:
        jst_chars_text(repaired(cell, arena), f->limit, f->flags & JOIST_ENTITIES, arena, text);
        return text->ptr != NULL;
    case JOIST_KIND_TIME:
        if (!joist_time_parse(cell, &at))
            return false;
        memcpy(out, &at, sizeof at);
        return true;
    case JOIST_KIND_BYTES: return jst_base64_decode(cell, arena, out);
    case JOIST_KIND_JSON:
    case JOIST_KIND_RECORD: return cast_json(f, cell, out, arena);
    default: return cast_number(f, cell, out);
    }
}

void jst_csv_decode(const jst_csv_columns *c, const jst_csv_cells *cells, void *record,
                    joist_arena *arena)
{
    memset(record, 0, c->type->size);
    for (size_t i = 0, s = 0; i < c->type->count; i++) {
        const joist_field *f = &c->type->fields[i];
        void *out = (char *)record + f->offset;
        for (bool got = false; s < c->ends[i]; s++) {
            joist_text cell = cells->items[c->sources[s]];
            got = got || (cell.len && cast_cell(f, cell, out, arena));
        }
    }
}
