/* SPDX-License-Identifier: Apache-2.0
 * From records to files: folders by hour, or one stream of lines. */
#ifndef GENERATE_LAYOUT_H
#define GENERATE_LAYOUT_H

#include "options.h"

typedef struct output {
    const options *options;
    const source *source;
    joist_buffer file;                   /* being filled; for ndjson what is not written yet */
    char name[80], folder[64];           /* of that file; the folder below --out */
    int64_t hour_ms;
    uint64_t events, wanted;             /* in the file, and when it is full */
    bool lines;
    const dirt_kind *dirt;               /* FILE: to be done to the file; NULL: none */
    uint64_t dirt_index;                 /* number of the event that brought it */
    int stream;                          /* ndjson: the open file, else -1 */
    uint64_t files, bytes;               /* written so far */
    char error[512];                     /* why the last call failed */
} output;

/* Each: false = failed, `error` says why. `record` has no newline. */
bool output_open(output *out, const options *o, const source *s);
bool output_add(output *out, const event *e, joist_text record, const dirt_kind *file_dirt);
bool output_close(output *out);

bool write_file(const char *path, joist_text bytes, char *error, size_t size);
bool make_folders(const char *path, bool whole, char *error,
                  size_t size);  /* !whole: all but the last part */

#endif
