/* SPDX-License-Identifier: Apache-2.0
 * One option's text as a value of its field. */
#ifndef JST_CLI_VALUE_H
#define JST_CLI_VALUE_H

#include "joist/record.h"

/* An integer, with a suffix if wanted: K M G T and KiB MiB GiB TiB are powers of 1,024, kB KB MB GB
 * TB of 1,000. */
bool jst_cli_parse_int(joist_text t, int64_t *out);
bool jst_cli_parse_float(joist_text t, double *out);
bool jst_cli_parse_bool(joist_text t, bool *out);      /* true yes on 1, false no off 0, any case */

/* `N` elements or `P%` of them. */
typedef struct jst_cli_limit { bool set, percent; uint64_t count; double share; } jst_cli_limit;
bool jst_cli_parse_limit(joist_text t, jst_cli_limit *out);
bool jst_cli_over(const jst_cli_limit *limit, uint64_t part, uint64_t whole);

/* A number of seconds, or one followed by s, m, h or d; in milliseconds. */
bool jst_cli_parse_duration(joist_text t, int64_t *ms);

/* FILE:LINE or FILE#RECORD: one record of the input, or one line of a file. */
typedef struct jst_cli_place { joist_text file; bool by_record; uint64_t number; } jst_cli_place;
bool jst_cli_parse_place(joist_text t, jst_cli_place *out);

/* Sets the field of `record`; the text is borrowed. NULL: done; else what was expected ("an integer
 * …"). */
const char *jst_cli_value_set(const joist_field *f, joist_text t, void *record);

/* What stands for the value in help: "N", "TIME", "auto|never" (if these
 * are not too many words) …; NULL for a bool. */
const char *jst_cli_value_name(const joist_field *f);

/* The next alternative of "a|b|c"; false: none left. */
bool jst_cli_next_alternative(const char **rest, joist_text *out);

/* Is it a word to be typed as it stands? Capitals stand for something else. */
bool jst_cli_is_literal(joist_text alternative);

/* NULL: the field may have this value; else what may be given, "auto, human or json". */
const char *jst_cli_value_expected(const joist_field *f, joist_text t, joist_arena *arena);

#endif
