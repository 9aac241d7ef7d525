/* SPDX-License-Identifier: Apache-2.0
 * A JSON object being made: members in order, each either ready JSON text or another object.
 * Values are JSON text as it will be written, so that dirt can put anything there, JSON or
 * not. All memory comes from one arena that is reset after each event. */
#ifndef GENERATE_OBJECT_H
#define GENERATE_OBJECT_H

#include <joist.h>

typedef struct object object;
typedef struct member { const char *key, *json; object *nested; } member;
struct object { joist_arena *arena; member *items; size_t count, cap; bool php; };

/* php: strings as PHP's json_encode writes them (`\/`, `\u00e9`), else UTF-8 as it stands. */
object *object_new(joist_arena *arena, bool php);
void object_add(object *o, const char *key, const char *json);      /* always appends */
void object_set(object *o, const char *key, const char *json);      /* replaces, else appends */
void object_remove(object *o, const char *key);
object *object_nest(object *o, const char *key);                     /* appends an empty object */
void object_text(object *o, const char *key,
                 const char *text);     /* object_set of a quoted text */
void object_int(object *o, const char *key, int64_t n, bool quoted); /* object_set of 7 or "7" */
void object_write(const object *o, joist_buffer *out);

/* Text as a JSON string with its quotes. */
const char *quote(joist_arena *a, const char *text, bool php);

/* JOIN(arena, "a", b, "c"): one string. */
#define JOIN(arena, ...) join((arena), __VA_ARGS__, (const char *)NULL)
const char *join(joist_arena *a, ...);
const char *decimal(joist_arena *a, int64_t n);

#endif
