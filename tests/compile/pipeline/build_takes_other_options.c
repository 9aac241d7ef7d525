/* SPDX-License-Identifier: Apache-2.0
 * A build function that takes other options than JOIST_BUILD says.
 *
 * EXPECT gcc: conflicting types for 'build'
 * EXPECT clang: conflicting types for 'build' */
#include "../base.h"

JOIST_BUILD(build, limits);
#ifdef CURED
static void build(joist_pipeline *p, const limits *o)
#else
static void build(joist_pipeline *p, const word *o)
#endif
{
    (void)o;
    joist_write(joist_read(event, p), .uri = JOIST_TEXT("out.jsonl"));
}

extern const joist_pipeline_def def;
const joist_pipeline_def def = { .name = "copy", .options = &limits_type, .build = build_any };
