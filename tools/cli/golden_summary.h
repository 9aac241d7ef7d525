/* SPDX-License-Identifier: Apache-2.0
 * expect/summary.json: chosen members of the object that `run --summary json` prints. */
#ifndef JST_CLI_GOLDEN_SUMMARY_H
#define JST_CLI_GOLDEN_SUMMARY_H

#include "joist/memory.h"

#include <jansson.h>

/* What of a summary is the same whatever the number of workers and the size of bundles; of a run
 * that failed only how. A new reference. */
json_t *jst_golden_summary_common(const json_t *summary);

/* The members of `expected` that `got` has otherwise, one a line; further members of `got` are not
 * looked at. */
void jst_golden_summary_diff(joist_buffer *out, const json_t *expected, const json_t *got,
                             const char *path);

/* `expected` with the values of `got`: the same members, none more. A new reference. */
json_t *jst_golden_summary_update(const json_t *expected, const json_t *got);

/* A text with every place in a source, `dir/name.c:12`, as `name.c`: editing a pipeline, or
 * building it elsewhere, changes no expectation. */
joist_text jst_golden_unplaced(joist_arena *a, joist_text t);

/* The same for the message of an error. */
void jst_golden_summary_unplace(joist_arena *a, json_t *summary);

#endif
