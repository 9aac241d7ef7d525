/* SPDX-License-Identifier: Apache-2.0
 * What stands between a JSON string's quotes: checking escapes and decoding them. */
#ifndef JST_JSON_STRING_H
#define JST_JSON_STRING_H

#include <joist.h>

/* Are all escapes of [p, end) well formed? Sets *lone if a surrogate escape has no partner. */
bool jst_escapes_valid(const char *p, const char *end, bool *lone);

/* One escape at p (a backslash) of well-formed contents: its character(s) go to out (at most 4
 * bytes, never more than the escape itself takes), *next is behind it. A lone surrogate gives
 * U+FFFD. Of contents that are not well formed it makes something, within the bounds. Returns
 * the bytes written. */
size_t jst_unescape_one(const char *p, const char *end, char *out, const char **next);

/* Decodes [p, end) into out (room for end - p bytes); returns the length. */
size_t jst_unescape(const char *p, const char *end, char *out);

/* The contents of a string value, decoded: borrowed if it has no backslash, else in the arena. */
joist_text jst_string_text(joist_json string, joist_arena *a);

#endif
