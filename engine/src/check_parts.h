/* SPDX-License-Identifier: Apache-2.0
 * What the checks of a graph are made of. */
#ifndef JST_CHECK_PARTS_H
#define JST_CHECK_PARTS_H

#include "pipeline.h"

#define REFUSE(e, n, fmt, ...) \
    joist_fail_with(e, JOIST_GRAPH, "%.*s:%d: " fmt, JST_AT(n), __VA_ARGS__)

const joist_type *jst_check_type_of(const joist_pipeline *p, int64_t coll);   /* NULL: none */

/* 0 to 8 fields of `type` that can be a key. */
joist_status jst_check_names(const jst_node *n, const joist_type *type, joist_text_list names,
                             joist_error *e);
joist_status jst_check_outputs(const joist_pipeline *p, const jst_node *n, size_t wanted,
                               joist_error *e);
joist_status jst_check_output_type(const joist_pipeline *p, const jst_node *n, size_t port,
                                   const joist_type *wanted, joist_error *e);
bool jst_check_config(const joist_type *type, joist_bytes config);
joist_status jst_check_hours(const jst_node *n, joist_error *e);
joist_status jst_check_separator(const jst_node *n, joist_error *e);

/* A URI of a known scheme whose connector can do it; `verb`: what would be done with it. */
typedef bool (*jst_can_serve)(const joist_connector *c);
joist_status jst_check_uri(const joist_pipeline *p, const jst_node *n, joist_text uri,
                           jst_can_serve serves, const char *verb, joist_error *e);
/* The schemes that can, for people: "a path, file:, sqlite:". */
void jst_check_schemes(const joist_pipeline_def *def, jst_can_serve serves, char *out, size_t size);

/* check_write.c */
joist_status jst_check_write(const joist_pipeline *p, const jst_node *n, const joist_type *in,
                             joist_error *e);

/* check_group.c. Inputs must be in windows of one kind: else no two elements of a join would ever
 * meet, and nobody could tell what windows those of a flatten are in. */
joist_status jst_check_same_windows(const joist_pipeline *p, const jst_node *n, joist_error *e);

/* Of timestamps, windows, latest, combine, group, join. */
joist_status jst_check_gathering(const joist_pipeline *p, const jst_node *n, const joist_type *in,
                                 joist_error *e);

#endif
