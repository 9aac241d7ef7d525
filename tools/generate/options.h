/* SPDX-License-Identifier: Apache-2.0
 * The command line of the generator, from one table. */
#ifndef GENERATE_OPTIONS_H
#define GENERATE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "dirt.h"

typedef enum layout { LAYOUT_HOURS, LAYOUT_FILES, LAYOUT_NDJSON } layout;
enum { DEFAULT_MEAN_PLUGINS = 28 };     /* makes the mean record 2.4 KB */

typedef struct options {
    const char *out, *projects;         /* projects NULL: beside the events */
    layout layout;
    int64_t count, seed, files, events_per_file, first_hour_ms, hours, sites, plugins, dirt;
    int64_t project_count, collector;
    const dirt_kind *only;
    bool gzip, list_dirt, help;
} options;

/* False: one sentence and the next step are in `error`. Fills in every default. */
bool options_parse(options *o, int argc, char **argv, char *error, size_t size);
void options_help(FILE *to);
void options_list_dirt(FILE *to);

#endif
