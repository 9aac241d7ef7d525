/* SPDX-License-Identifier: Apache-2.0
 * The examples that are installed with the library: folders of share/joist/examples. */
#ifndef JOIST_TOOL_EXAMPLES_H
#define JOIST_TOOL_EXAMPLES_H

#include "joist/memory.h"

typedef struct example {
    joist_text name;            /* NUL-terminated, as are the others */
    joist_text about;           /* the first sentence of its source */
    joist_text path;
} example;

typedef struct examples {
    joist_text share;           /* the folder share/joist; NULL: not found */
    const example *items;
    size_t count;
} examples;

/* Beside this program, wherever it was installed or moved to: ../share/joist, or share/joist as in
 * a build folder. */
examples examples_find(joist_arena *a);

/* The first sentence of a C file's head comment, behind the line of its licence. */
joist_text examples_about(joist_arena *a, joist_text source);

#endif
