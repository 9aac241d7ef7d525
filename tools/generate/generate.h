/* SPDX-License-Identifier: Apache-2.0
 * A whole run of the generator: projects, events, dirt, files. */
#ifndef GENERATE_GENERATE_H
#define GENERATE_GENERATE_H

#include "layout.h"

typedef struct summary {
    uint64_t events, dirty, files, bytes;
    uint64_t *by_kind;                  /* dirt_kinds_count of them, or NULL: not wanted */
    char error[512];                    /* why it failed */
} summary;

bool generate(const options *o, summary *s);

/* One record as it will be written, with the dirt drawn for it: VALUE and TEXT are done, FILE is
 * left to the layout. NULL: clean. */
const dirt_kind *generate_record(const options *o, const source *s, uint64_t index, event *e,
                                 joist_buffer *record);

source source_of(const options *o, const project *projects, joist_arena *arena);

#endif
