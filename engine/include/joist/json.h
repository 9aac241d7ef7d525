/* SPDX-License-Identifier: Apache-2.0
 * JSON (RFC 8259), strict: a value is checked whole, also where nobody reads it, except for what
 * real senders get wrong and people want repaired: invalid UTF-8 and lone surrogate escapes become
 * U+FFFD, and numbers beyond int64 or double are no error until a number field reads one. Nesting
 * at most 1,024.
 *
 * Decoding follows the record's field list: `.from` is the path ("wp.locale"), "a|b" reads b only
 * if a is NULL. Absent and null are NULL. Duplicate keys: the last one wins. The rules by kind,
 * each failure being NULL with a warning `cast:PATH`:
 *   text   string; number -> its token; true/false -> that word. Then: XML entities
 *          (JOIST_ENTITIES); U+0000-U+001F but \n \t, and U+007F, are removed; ASCII white space
 *          trimmed; "" is NULL; cut to the field's limit at a character boundary (warning
 *          `truncated:PATH`)
 *   int    integer token in int64, or a string [+-]?[0-9]+ after trimming; "" is NULL without
 *          warning
 *   float  number token finite as double, or a string that is one as it stands
 *   bool   true/false; 1/0; strings, any case: 1 true yes on y / 0 false no off n ""
 *   time   RFC 3339, fractions cut to milliseconds, second 60 allowed
 *   json   any value but null, as it stands in the input (repaired), nothing checked
 *   record an object; a parent that is [] or "" is absent, anything else but an object is a cast
 *          warning */
#ifndef JOIST_JSON_H
#define JOIST_JSON_H

#include "joist/dofn.h"
#include "joist/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A set of warnings; texts live in the arena given. `joist_warnings_sorted` gives at most `most`,
 * by bytes. */
typedef struct joist_warnings {
    joist_arena *arena;
    joist_text *items;
    size_t count, cap;
} joist_warnings;
/* kind:prefixname; name cut to 128 bytes */
void joist_warn(joist_warnings *w, const char *kind, const char *prefix, joist_text name);
void joist_warn_text(joist_warnings *w, joist_text warning);  /* as it stands, borrowed */
joist_text_list joist_warnings_sorted(joist_warnings *w, size_t most);

typedef struct joist_json_error {
    const char *code;           /* "bad_json" or "not_object" */
    size_t at;                  /* byte of the text where it is wrong */
    char message[160];          /* "expected ',' or '}' after a member" */
} joist_json_error;

/* Decodes one JSON object into `record` (all fields set). Texts borrow `text` or live in `arena`.
 * `warnings` may be NULL. False: *e says why, `record` is unspecified. */
bool joist_json_decode_with(joist_text text, const joist_type *type, void *record,
                            joist_arena *arena, joist_warnings *warnings, joist_json_error *e);

/* The same inside a DoFn: on failure the element is already rejected, return JOIST_REJECTED. */
bool joist_json_decode(joist_context *ctx, joist_json text, const joist_type *type, void *record,
                       joist_warnings *warnings);

/* Length of the JSON value at the head of `text`, strictly checked; 0: *e says why (code bad_json).
 * A bare scalar ends at white space, the end, or before { [ ". Slow and exact: the reference that
 * the fast path is tested against. */
size_t joist_json_skip(joist_text text, joist_json_error *e);

/* ---- walking a value of kind json (already checked: comes from a decoded record) ------------- */
typedef enum joist_json_type {
    JOIST_JSON_NULL, JOIST_JSON_FALSE, JOIST_JSON_TRUE, JOIST_JSON_NUMBER,
    JOIST_JSON_STRING, JOIST_JSON_ARRAY, JOIST_JSON_OBJECT
} joist_json_type;
joist_json_type joist_json_type_of(joist_json v);              /* a NULL json is JOIST_JSON_NULL */

typedef struct joist_member {
    joist_text key;             /* decoded */
    joist_json value;
    const joist_json *columns;  /* see joist_json_table */
} joist_member;

/* The members of an object in document order, of duplicates the last (standing where it stands);
 * the items of an array with empty keys. Anything else: none. Memory from `arena`. O(n log n)
 * whatever the keys. */
const joist_member *joist_json_members(joist_json v, joist_arena *arena, size_t *count);

/* The same, and in one go what is inside members that are objects: columns[i] is their member of
 * the name names[i] (of duplicates the last), NULL if they have none. Members that are no objects
 * have no columns. */
const joist_member *joist_json_table(joist_json v, const joist_text *names, size_t name_count,
                                     joist_arena *arena, size_t *count);

/* Is it a map: an object -> true. [] "" null -> false without, anything else with warning
 * cast:PATH. */
bool joist_json_is_map(joist_json v, joist_warnings *w, const char *prefix, joist_text name);

/* One value by the rules above; `prefix` + `name` is the path in warnings ("extra." + key). limit 0
 * = 1,024. */
joist_text  joist_json_to_text(joist_json v, uint32_t limit, joist_arena *a, joist_warnings *w,
                               const char *prefix, joist_text name);
joist_int   joist_json_to_int(joist_json v, joist_warnings *w, const char *prefix, joist_text name);
joist_bool  joist_json_to_bool(joist_json v, joist_warnings *w, const char *prefix,
                               joist_text name);
/* the number as written */
joist_text  joist_json_to_float_token(joist_json v, joist_arena *a, joist_warnings *w,
                                      const char *prefix, joist_text name);
/* a string's characters, nothing trimmed; NULL if it is none */
joist_text  joist_json_string(joist_json v, joist_arena *a);

/* ---- writing --------------------------------------------------------------------------------- */
/* Compact JSON: escapes only \" \\ \b \f \n \r \t and \u00xx. Invalid UTF-8 becomes U+FFFD. */
void joist_json_write_text(joist_buffer *out, joist_text t);  /* with its quotes; NULL gives null */
void joist_json_write_int(joist_buffer *out, int64_t n);
/* white space removed, repaired; NULL gives null */
void joist_json_write_value(joist_buffer *out, joist_json v);

/* A record as one object in field order: times as text, bytes as base64, json embedded, NULL as
 * null. `mask`: fields with any of these flags (JOIST_SECRET | JOIST_PII) that are not NULL become
 * "***". */
void joist_json_write_record(joist_buffer *out, const joist_type *type, const void *record,
                             uint32_t mask);

#ifdef __cplusplus
}
#endif
#endif
