/* SPDX-License-Identifier: Apache-2.0
 * Dead letters read back: files of them, line by line, and one letter from its line
 * (docs/dead-letters.md). */
#ifndef JST_CLI_LETTERS_H
#define JST_CLI_LETTERS_H

#include "joist/json.h"

#include <stdio.h>

typedef struct jst_cli_letter {
    joist_text run, pipeline, stage, code, message, site;
    joist_text uri;                     /* NULL: made by an aggregation */
    uint64_t offset, line, record;
    int64_t attempts;
    joist_text seen_at;
    joist_json element;                 /* NULL: see raw */
    joist_bytes raw;                    /* NULL pointer: none */
    bool raw_truncated;
} jst_cli_letter;

/* Texts live in `a` or borrow `line`. Fails, with a message about this line, if it is none. */
joist_status jst_cli_letter_parse(joist_text line, jst_cli_letter *out, joist_arena *a,
                                  joist_error *e);

/* The "(byte N)" at a message's end. False: there is none. */
bool jst_cli_letter_byte(const jst_cli_letter *l, size_t *at);

/* ---- files ----------------------------------------------------------------------------------- */
typedef struct jst_cli_lines {
    FILE *file;
    joist_text path;            /* borrowed */
    joist_buffer text;          /* what was read; the line is in it */
    size_t at;                  /* where the next line begins in it */
    uint64_t number, offset;    /* of the line, from 1 and from 0 */
} jst_cli_lines;

joist_status jst_cli_lines_open(jst_cli_lines *l, joist_text path, joist_error *e);

/* The next line without its end, until the next call; blank ones are skipped. False: there is none,
 * or *e says why. */
bool jst_cli_lines_next(jst_cli_lines *l, joist_text *line, joist_error *e);
void jst_cli_lines_close(jst_cli_lines *l);

/* The files that `words` mean, or `fallback` if there are none: files, and those ending in .jsonl
 * of directories, in order. A fallback that does not exist has none. */
typedef struct jst_cli_paths { joist_text *items; size_t count, cap; } jst_cli_paths;
joist_status jst_cli_letter_files(const joist_text *words, size_t count, joist_text fallback,
                                  joist_arena *a, jst_cli_paths *out, joist_error *e);

#endif
