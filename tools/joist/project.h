/* SPDX-License-Identifier: Apache-2.0
 * A new project from an example. */
#ifndef JOIST_TOOL_PROJECT_H
#define JOIST_TOOL_PROJECT_H

#include "examples.h"

typedef struct project {
    joist_arena *arena;
    joist_text path;            /* of the new folder, NUL-terminated */
    joist_text name;            /* its last part */
    const example *from;
    joist_text share;
} project;

/* Lower case letters, digits, - and _, a letter first: what is a program, a CMake target and a
 * folder alike. */
bool project_name_valid(joist_text name);

/* The text with `to` for `from` where it is the name of the program: `.name = "from"`, `build/from`
 * and the folder of `#include "from/…"` in a source, "pipeline" and "site" of a dead letter. Tables
 * or variables that are called alike stay. */
joist_text project_rename(joist_arena *a, joist_text text, joist_text from, joist_text to);

/* Makes the folder and all that is in it. Nothing that exists is changed. */
joist_status project_make(const project *p, joist_error *e);

#endif
