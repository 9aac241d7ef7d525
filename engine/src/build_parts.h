/* SPDX-License-Identifier: Apache-2.0
 * What the calls of `build` are made of. */
#ifndef JST_BUILD_PARTS_H
#define JST_BUILD_PARTS_H

#include "pipeline.h"

/* The name given, which must be unique, or ours, numbered until it is. */
joist_text jst_build_name(joist_pipeline *p, const char *given, const char *ours, joist_site site);
jst_node *jst_build_add(joist_pipeline *p, jst_op op, joist_text name, joist_site site);
void jst_build_inputs(joist_pipeline *p, jst_node *n, const joist_coll *colls, size_t count);
joist_coll jst_build_output(joist_pipeline *p, jst_node *n, const joist_type *type,
                            joist_site site);
joist_bytes jst_build_config(joist_pipeline *p, const joist_type *type, const void *config);

/* Adds a type; the first of two different ones with one name stays, and it is a mistake. */
const joist_type *jst_build_type(joist_pipeline *p, const joist_type *type, joist_site site);
joist_text_list jst_build_fields(joist_pipeline *p, const joist_type *type, const joist_fields *f);

/* An empty handle comes from an earlier mistake, which is the one to report; from nowhere it is
 * one. */
bool jst_build_usable(joist_coll in, joist_pipeline *p, joist_site site, const char *what);

#endif
