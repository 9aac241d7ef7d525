/* SPDX-License-Identifier: Apache-2.0
 * Records: one field list gives the struct, its schema, its coder and its typed handles.
 *
 *     #define WORD(F, T)                                                   \
 *         F(T, joist_text, text, JOIST_REQUIRED)                           \
 *         F(T, joist_int, length, 0, .from = "word.length", .help = "bytes")
 *     JOIST_RECORD(word, WORD);
 *
 * makes `word` (the struct), `word_type` (the schema), `word_coll` (a PCollection of words),
 * `word_out` (an output port), `word_emit()`, `word_map` (a map side input), `word_get()`,
 * `word_list` and `word_fields` (some of its fields by name, JOIST_FIELDS). The kind of a field
 * follows from its C type; a type that is no kind does not compile. */
#ifndef JOIST_RECORD_H
#define JOIST_RECORD_H

#include "joist/base.h"
#include "joist/memory.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum joist_kind {
    JOIST_KIND_TEXT = 1, JOIST_KIND_BYTES, JOIST_KIND_INT, JOIST_KIND_FLOAT, JOIST_KIND_BOOL,
    JOIST_KIND_TIME, JOIST_KIND_JSON, JOIST_KIND_RECORD
} joist_kind;

/* "text", "int", …; a static string. */
const char *joist_kind_name(joist_kind kind);

enum {
    JOIST_REQUIRED = 1 << 0,  /* not NULL: checked where records are made from outside data */
    JOIST_SECRET   = 1 << 1,  /* masked in logs, dead letters, pictures, option listings */
    JOIST_PII      = 1 << 2,  /* masked in logs, and in dead letters on request */
    JOIST_ENTITIES = 1 << 3,  /* JSON decoding replaces XML entities, once, before trimming */
    JOIST_IF_OBJECT = 1 << 4, /* JSON decoding: a parent that is no object gives NULL, no warning */
    JOIST_HIDDEN   = 1 << 5,  /* options: works, but --help and `list options` leave it out */
};

typedef struct joist_type joist_type;

typedef struct joist_field {
    uint32_t flags;
    const char *name;
    const char *from;  /* JSON path, dots between members; "a|b": b if a is NULL; default: name */
    const char *help;          /* one line for people */
    const char *fallback;      /* options: the default, as text */
    /* options: all that may be given, "auto|never"; or, in capitals, what a value is. FILE, DIR,
     * PATH (either), URI, STEP and CODE (of this pipeline) are completed by the shell */
    const char *values;
    uint32_t limit;            /* longest text in bytes, cut at a character; 0 = 1,024 */
    const joist_type *record;  /* kind RECORD: its type (JOIST_OF) */
    const joist_type *items;   /* kind RECORD, a list: the type of its items (JOIST_LIST_OF) */
    bool texts;                /* kind TEXT, a list: joist_text_list */
    bool boxed;                /* the C type carries its own NULL (`set` or a NULL pointer) */
    joist_kind kind;
    uint32_t offset, size;
    const void *is_a;          /* NULL; its type is what JOIST_OF says, compared when compiling */
    int reserved;
} joist_field;

/* What an element type is: a record, a group of them, or, as a side input, a way to look at
 * them. */
typedef enum joist_shape {
    JOIST_SHAPE_RECORD = 0, JOIST_SHAPE_GROUP, JOIST_SHAPE_MAP, JOIST_SHAPE_MANY, JOIST_SHAPE_ALL,
    JOIST_SHAPE_ONE
} joist_shape;

struct joist_type {
    const char *name;
    size_t size;               /* of the struct */
    const joist_field *fields;
    size_t count;
    const struct joist_type *values;    /* of any other shape: the record it is made of */
    joist_shape shape;
};

/* The field of that name, or NULL. Linear. */
const joist_field *joist_type_field(const joist_type *type, joist_text name);

/* The field at that offset of the struct, as joist_fields has them, or NULL. Inline: asked for each
 * part of each element's key. */
JOIST_INLINE const joist_field *joist_type_field_at(const joist_type *type, uint32_t offset)
{
    for (size_t i = 0; i < type->count; i++)
        if (type->fields[i].offset == offset)
            return &type->fields[i];
    return NULL;
}

/* A list is {items, count} in memory, an array in the row coder; an empty one is not NULL. */
JOIST_INLINE bool joist_field_repeated(const joist_field *f) { return f->texts || f->items; }

/* Can the field be NULL in the schema? Boxed, scalar and not REQUIRED. */
JOIST_INLINE bool joist_field_nullable(const joist_field *f)
{
    return f->boxed && !joist_field_repeated(f) && !(f->flags & JOIST_REQUIRED)
        && f->kind != JOIST_KIND_RECORD;
}

/* Is the field NULL in this record? */
bool joist_field_is_null(const joist_field *f, const void *record);

/* ---- row coder ----------------------------------------------------------------------------------
 * Byte for byte Beam's `beam:coder:row:v1` (standard_coders.yaml): varint field count, null bitmap,
 * fields in order. TEXT and JSON are STRING, BYTES is BYTES, INT and TIME (milliseconds) are INT64,
 * FLOAT is DOUBLE, BOOL is BOOLEAN, lists are arrays, records are rows. */
void joist_row_encode(const joist_type *type, const void *record, joist_buffer *out);

/* Decodes one row from in[0..len). Texts borrow `in`; lists and what must be allocated come from
 * `arena`. Returns the bytes consumed, 0 if `in` is no such row (never reads past len). Any input
 * is safe. */
size_t joist_row_decode(const joist_type *type, const void *in, size_t len, void *record,
                        joist_arena *arena);

/* ---- key coder ----------------------------------------------------------------------------------
 * Order-preserving bytes: memcmp of two encodings orders as the values do (NULL first, numbers by
 * value, times by instant, text by bytes, NaN after every number, -0.0 equals 0.0). RECORD and
 * lists are no keys. */
typedef struct joist_fields { uint32_t count; uint32_t offset[8]; } joist_fields;
void joist_key_encode(const joist_type *type, const joist_fields *fields, const void *record,
                      joist_buffer *out);

/* A deep copy whose bytes all live in `arena`. */
void joist_record_copy(const joist_type *type, const void *from, void *to, joist_arena *arena);

/* ---- handles and ports ----------------------------------------------------------------------- */
typedef struct joist_pipeline joist_pipeline;
typedef struct joist_context joist_context;
/* copy freely; id 0 = none */
typedef struct joist_coll { joist_pipeline *p; uint32_t id; } joist_coll;

/* A side input: in `build` a PCollection and how to view it, in a DoFn the view itself. */
typedef struct joist_side {
    joist_coll coll;
    joist_fields key;
    bool allow_empty;           /* false: an empty collection fails the run */
    const struct joist_view *view;
} joist_side;

/* Where a step is made. Of a call over several lines GCC names the first, Clang the last. */
typedef struct joist_site { const char *file; int line; } joist_site;
#define JOIST_SITE { __FILE__, __LINE__ }

/* Options that take fields (joist/build.h): each record has its own, so that the fields of another
 * do not compile. The engine sees them as the plain ones: same members, same places. */
#define JOIST_LATEST_OPTIONS_(FIELDS)                                                             \
    FIELDS key, by;             /* required; of the elements of one key the greatest `by` stays */\
    const char *name;           /* of the step; default "latest_" + the record's name */          \
    joist_site site_;
#define JOIST_READ_ALL_OPTIONS_(FIELDS)                                                           \
    joist_text uri;             /* required */                                                    \
    joist_text table;           /* of a database; default: the record's name + 's' */             \
    FIELDS by;                  /* required: one time field */                                    \
    int64_t max_record;         /* bytes; 0 = 1 MiB */                                            \
    const char *name;           /* of the step; default "read_all_" + the record's name */        \
    joist_site site_;
#define JOIST_WRITE_OPTIONS_(FIELDS, COLL)                                                        \
    joist_text uri;             /* required */                                                    \
    joist_text table;           /* of a database; default: the record's name + 's' */             \
    FIELDS key;                 /* rows are upserted by it */                                     \
    FIELDS by;                  /* a row replaces a stored one only if its `by` is not smaller */ \
    FIELDS window;              /* one time field: the stored rows of `hour` are replaced whole */\
    joist_text hour;            /* YYYY-MM-DDTHH; empty: upsert by key */                         \
    COLL groups;                /* of the same record: the stored rows that are alike to one of */\
                                /* its elements in `groups_by` go before the new ones come */    \
    FIELDS groups_by;           /* with .groups; fast if the key begins with these fields */      \
    bool replace_all;           /* all stored rows go before the new ones come */                 \
    FIELDS changes;             /* a log of what commits change by them: docs/connectors.md */    \
    FIELDS without;             /* fields that are no columns of this table */                    \
    bool csv;                   /* a file of CSV; default: one called .csv or .csv.gz */          \
    char separator;             /* of CSV; default: ',' */                                        \
    bool outbox;                /* rows are messages: joist_message_row, joist/connector.h */     \
    joist_text endpoint;        /* outbox: http(s) URL to POST them to after commit; or empty */  \
    const char *name;           /* of the step; default "write_" + the record's name */           \
    joist_site site_;
#define JOIST_GROUP_OPTIONS_(FIELDS)                                                              \
    FIELDS key;                 /* required */                                                    \
    const char *name;           /* of the step; default "group_" + the record's name */           \
    joist_site site_;
typedef struct joist_group_options { JOIST_GROUP_OPTIONS_(joist_fields) } joist_group_options;
typedef struct joist_latest_options { JOIST_LATEST_OPTIONS_(joist_fields) } joist_latest_options;
typedef struct joist_read_all_options { JOIST_READ_ALL_OPTIONS_(joist_fields) }
    joist_read_all_options;
typedef struct joist_write_options { JOIST_WRITE_OPTIONS_(joist_fields, joist_coll) }
    joist_write_options;

/* What generated code touches per element; the rest of the context is the engine's. */
struct joist_context { const joist_position *position; const void *element; };

/* An output port while a bundle runs. */
typedef struct joist_port {
    char *items;                         /* `cap` structs */
    const joist_position **positions;    /* of each */
    size_t count, cap;
    joist_context *ctx;
} joist_port;

void joist_port_drain(joist_port *port);  /* full: run what consumes it */
/* Of a map: NULL if there is no such key. Of a multimap: those of a key, in input order. */
const void *joist_side_get(const joist_side *side, joist_text key);
const void *joist_side_many(const joist_side *side, joist_text key, size_t *count);
const void *joist_side_all(const joist_side *side, size_t *count);      /* in input order */

/* The same with another timestamp, in the same window. */
joist_status joist_port_emit_at(joist_port *port, const void *record, size_t size,
                                int64_t timestamp_ms);

JOIST_INLINE joist_status joist_port_emit(joist_port *port, const void *record, size_t size)
{
    if (port->count == port->cap)
        joist_port_drain(port);
    memcpy(port->items + port->count * size, record, size);
    port->positions[port->count++] = port->ctx->position;
    return JOIST_OK;
}

/* ---- groups: what a GroupByKey makes -----------------------------------------------------------
 * `T_group` is an element type of its own: IN(event_group) takes groups of events.
 *
 *     static joist_status visits_process(const visits_call *v, const event_group *g)
 *     {
 *         for (const event *e; (e = event_next(g));) …
 *
 * g->key is an event with only the key's fields set. Values come in input order, once; a value
 * lives until the next call of event_next. There may be more of them than memory. */
struct joist_values;
const void *joist_values_next(struct joist_values *values);

/* ---- the macros ------------------------------------------------------------------------------ */
/* A condition inside an expression: 0, or an error that says `text`. */
#define JOIST_ASSERT_(condition, text)                                                            \
    (0u * (uint32_t)sizeof(struct { _Static_assert(condition, text); char none_; }))

#define JOIST_KIND_(x) _Generic((x),                                                              \
    joist_text: JOIST_KIND_TEXT, joist_text_list: JOIST_KIND_TEXT, joist_bytes: JOIST_KIND_BYTES, \
    joist_json: JOIST_KIND_JSON, int64_t: JOIST_KIND_INT, joist_int: JOIST_KIND_INT,              \
    double: JOIST_KIND_FLOAT, joist_float: JOIST_KIND_FLOAT, bool: JOIST_KIND_BOOL,               \
    joist_bool: JOIST_KIND_BOOL, joist_time: JOIST_KIND_TIME, default: JOIST_KIND_RECORD)
#define JOIST_BOXED_(x) _Generic((x), int64_t: false, double: false, bool: false, default: true)
#define JOIST_TEXTS_(x) _Generic((x), joist_text_list: true, default: false)

/* In a field list: F(T, address, home, 0, JOIST_OF(address)) nests a record,
 * F(T, address_list, homes, 0, JOIST_LIST_OF(address)) a list of them. */
#define JOIST_OF(R)      .record = &R##_type, .is_a = (R *)0
#define JOIST_LIST_OF(R) .items = &R##_type, .is_a = (R##_list *)0

#define JOIST_MEMBER_(T, ctype, ...)     JOIST_MEMBER2_(ctype, __VA_ARGS__, 0)
#define JOIST_MEMBER2_(ctype, name, ...) ctype name;
#define JOIST_DESC_(T, ctype, ...)       JOIST_DESC2_(T, __VA_ARGS__, .reserved = 0)
#define JOIST_DESC2_(T, field, ...)                                                               \
    { __VA_ARGS__, .name = #field, .kind = JOIST_KIND_(((T *)0)->field),                          \
      .texts = JOIST_TEXTS_(((T *)0)->field), .boxed = JOIST_BOXED_(((T *)0)->field),             \
      .offset = (uint32_t)offsetof(T, field), .size = (uint32_t)sizeof(((T *)0)->field) },

/* A field list is compiled once for its errors: no kind, or a nested record of another type. What
 * is neither a kind nor a struct is found by its class, which gcc and clang tell. */
#if defined(__GNUC__)
#define JOIST_IS_STRUCT_(x) (__builtin_classify_type(x) == 12)
#else
#define JOIST_IS_STRUCT_(x) 1
#endif
#define JOIST_IS_KIND_(x) _Generic((x),                                                           \
    joist_text: 1, joist_text_list: 1, joist_bytes: 1, joist_json: 1, int64_t: 1, joist_int: 1,   \
    double: 1, joist_float: 1, bool: 1, joist_bool: 1, joist_time: 1, default: JOIST_IS_STRUCT_(x))
#define JOIST_ATTRIBUTES_                                                                         \
    uint32_t flags; const char *from, *help, *fallback, *values; uint32_t limit;                  \
    const joist_type *record, *items;
#define JOIST_CHECK_(T, ctype, ...)      JOIST_CHECK2_(T, ctype, __VA_ARGS__, .reserved = 0)
#define JOIST_CHECK2_(T, ctype, field, ...)                                                       \
    _Static_assert(JOIST_IS_KIND_(((T *)0)->field), #T "." #field " is `" #ctype                  \
                   "`, which is no kind of field: use int64_t, double, bool or a joist_ type");   \
    _Static_assert(sizeof((struct { JOIST_ATTRIBUTES_ ctype const *is_a; int reserved; }){        \
                       __VA_ARGS__ }), "");

/* Struct and handles only; the schema is T##_type, declared by the caller (JOIST_RECORD_EXTERN is
 * for headers, with one JOIST_RECORD_DEFINE in a .c file). */
#define JOIST_STRUCT_(T, FIELDS)                                                                  \
    typedef struct T { FIELDS(JOIST_MEMBER_, T) } T;                                              \
    JOIST_HANDLES_(T)
#define JOIST_HANDLES_(T)                                                                         \
    typedef struct T##_list { const T *items; size_t count; } T##_list;                           \
    typedef union T##_fields { enum JOIST_FIELDS_##T { T##_fields_ } of; joist_fields fields; }   \
        T##_fields;                                                                               \
    typedef union T##_coll { joist_coll c; union T##_write_ *write_; } T##_coll;                  \
    typedef struct T##_latest_options { JOIST_LATEST_OPTIONS_(T##_fields) } T##_latest_options;   \
    typedef struct T##_write_options { JOIST_WRITE_OPTIONS_(T##_fields, T##_coll) }               \
        T##_write_options;                                                                        \
    typedef struct T##_group_options { JOIST_GROUP_OPTIONS_(T##_fields) } T##_group_options;      \
    typedef struct T##_read_all_options { JOIST_READ_ALL_OPTIONS_(T##_fields) }                   \
        T##_read_all_options;                                                                     \
    union T##_reading_all_ { T##_read_all_options own; joist_read_all_options plain; };           \
    union T##_grouping_ { T##_group_options own; joist_group_options plain; };                    \
    union T##_latest_ { T##_latest_options own; joist_latest_options plain; };                    \
    union T##_write_ { T##_write_options own; joist_write_options plain; };                       \
    typedef union T##_map { const struct joist_map_by_##T *by; joist_side side; } T##_map;        \
    typedef struct T##_out { joist_port *port; } T##_out;                                         \
    typedef struct T##_group { const T *key; struct joist_values *values; } T##_group;            \
    typedef union T##_group_coll { joist_coll c; } T##_group_coll;                                \
    JOIST_INLINE const T *T##_next(const T##_group *g_)                                           \
    { return (const T *)joist_values_next(g_->values); }                                          \
    JOIST_INLINE joist_coll T##_raw(T##_coll x_) { return x_.c; }                                 \
    JOIST_INLINE joist_status T##_emit(T##_out o_, T value_)                                      \
    { return joist_port_emit(o_.port, &value_, sizeof value_); }                                  \
    JOIST_INLINE joist_status T##_emit_at(T##_out o_, T value_, int64_t timestamp_ms_)            \
    { return joist_port_emit_at(o_.port, &value_, sizeof value_, timestamp_ms_); }                \
    JOIST_INLINE const T *T##_get(T##_map m_, joist_text key_)                                    \
    { return (const T *)joist_side_get(&m_.side, key_); }                                         \
    typedef union T##_many_map { const struct joist_multimap_by_##T *by; joist_side side; }       \
        T##_many_map;                                                                             \
    typedef union T##_all_map { const struct joist_list_of_##T *of; joist_side side; }            \
        T##_all_map;                                                                              \
    typedef union T##_one_map { const struct joist_singleton_of_##T *of; joist_side side; }       \
        T##_one_map;                                                                              \
    JOIST_INLINE T##_list T##_many(T##_many_map m_, joist_text key_)                              \
    { T##_list l_; l_.items = (const T *)joist_side_many(&m_.side, key_, &l_.count); return l_; } \
    JOIST_INLINE T##_list T##_all(T##_all_map m_)                                                 \
    { T##_list l_; l_.items = (const T *)joist_side_all(&m_.side, &l_.count); return l_; }        \
    JOIST_INLINE const T *T##_one(T##_one_map m_)                                                 \
    { T##_list l_; l_.items = (const T *)joist_side_all(&m_.side, &l_.count);                     \
      return l_.count ? l_.items : NULL; }
#define JOIST_SCHEMA_(T, FIELDS, STORAGE)                                                         \
    FIELDS(JOIST_CHECK_, T)                                                                       \
    static const joist_field T##_schema_[] = { FIELDS(JOIST_DESC_, T) };                          \
    JOIST_TYPES_(T, STORAGE)
#define JOIST_TYPES_(T, STORAGE)                                                                  \
    STORAGE const joist_type T##_type JOIST_UNUSED =                                              \
        { #T, sizeof(T), T##_schema_, sizeof T##_schema_ / sizeof T##_schema_[0], NULL,           \
          JOIST_SHAPE_RECORD };                                                                   \
    STORAGE const joist_type T##_group_type JOIST_UNUSED =                                        \
        { #T "_group", sizeof(T##_group), NULL, 0, &T##_type, JOIST_SHAPE_GROUP };                \
    STORAGE const joist_type T##_many_type JOIST_UNUSED =                                         \
        { #T "_many", sizeof(T), NULL, 0, &T##_type, JOIST_SHAPE_MANY };                          \
    STORAGE const joist_type T##_all_type JOIST_UNUSED =                                          \
        { #T "_all", sizeof(T), NULL, 0, &T##_type, JOIST_SHAPE_ALL };                            \
    STORAGE const joist_type T##_one_type JOIST_UNUSED =                                          \
        { #T "_one", sizeof(T), NULL, 0, &T##_type, JOIST_SHAPE_ONE }

#define JOIST_RECORD(T, FIELDS) JOIST_STRUCT_(T, FIELDS) JOIST_SCHEMA_(T, FIELDS, static)
#define JOIST_RECORD_EXTERN(T, FIELDS)                                                            \
    JOIST_STRUCT_(T, FIELDS) \
    extern const joist_type T##_type, T##_group_type, T##_many_type, T##_all_type, T##_one_type
#define JOIST_RECORD_DEFINE(T, FIELDS) JOIST_SCHEMA_(T, FIELDS, )

/* JOIST_FIELDS(event, id, at): an `event_fields`, 1 to 8 fields by name; a name that is no field
 * does not compile, nor do the fields of another record where those of `event` belong. */
#define JOIST_FIELDS(T, ...)                                                                      \
    ((T##_fields){ .fields = { JOIST_COUNT_(__VA_ARGS__), { JOIST_EACH_(T, __VA_ARGS__) } } })
#define JOIST_COUNT_(...) JOIST_COUNT2_(__VA_ARGS__, joist_takes_at_most_8,                       \
    joist_takes_at_most_8, joist_takes_at_most_8, joist_takes_at_most_8, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define JOIST_COUNT2_(a, b, c, d, e, f, g, h, i, j, k, l, n, ...) n
#define JOIST_JOIN_(a, b)  JOIST_JOIN2_(a, b)
#define JOIST_JOIN2_(a, b) a##b
#define JOIST_EACH_(T, ...) JOIST_JOIN_(JOIST_EACH, JOIST_COUNT_(__VA_ARGS__))(T, __VA_ARGS__)
#define JOIST_EACH1(T, a)      (uint32_t)offsetof(T, a)
#define JOIST_EACH2(T, a, ...) (uint32_t)offsetof(T, a), JOIST_EACH1(T, __VA_ARGS__)
#define JOIST_EACH3(T, a, ...) (uint32_t)offsetof(T, a), JOIST_EACH2(T, __VA_ARGS__)
#define JOIST_EACH4(T, a, ...) (uint32_t)offsetof(T, a), JOIST_EACH3(T, __VA_ARGS__)
#define JOIST_EACH5(T, a, ...) (uint32_t)offsetof(T, a), JOIST_EACH4(T, __VA_ARGS__)
#define JOIST_EACH6(T, a, ...) (uint32_t)offsetof(T, a), JOIST_EACH5(T, __VA_ARGS__)
#define JOIST_EACH7(T, a, ...) (uint32_t)offsetof(T, a), JOIST_EACH6(T, __VA_ARGS__)
#define JOIST_EACH8(T, a, ...) (uint32_t)offsetof(T, a), JOIST_EACH7(T, __VA_ARGS__)

/* ---- records the library brings -------------------------------------------------------------- */
#define JOIST_LINE(F, T)                                                                          \
    F(T, joist_text, text, JOIST_REQUIRED, .help = "one line, without its end")
#define JOIST_VALUE(F, T)                                                                         \
    F(T, joist_json, json, JOIST_REQUIRED, .help = "one JSON value as it stands")
#define JOIST_TALLY(F, T)                                                                         \
    F(T, joist_text, key, 0, .help = "the key, as text") F(T, int64_t, count, 0)
#define JOIST_TOTAL(F, T)                                                                         \
    F(T, joist_text, key, 0, .help = "the key, as text") F(T, int64_t, total, 0)
#define JOIST_TIME_RANGE(F, T)                                                                    \
    F(T, joist_time, from, 0, .help = "the first instant of it; NULL: no bound")                  \
    F(T, joist_time, until, 0, .help = "the first instant behind it; NULL: no bound")
JOIST_RECORD_EXTERN(joist_line, JOIST_LINE);
JOIST_RECORD_EXTERN(joist_value, JOIST_VALUE);
JOIST_RECORD_EXTERN(joist_tally, JOIST_TALLY);
JOIST_RECORD_EXTERN(joist_total, JOIST_TOTAL);
JOIST_RECORD_EXTERN(joist_time_range, JOIST_TIME_RANGE);

#ifdef __cplusplus
}
#endif
#endif
