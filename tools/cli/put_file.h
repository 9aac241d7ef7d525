/* SPDX-License-Identifier: Apache-2.0
 * Files that readers never see half of. */
#ifndef JST_CLI_PUT_FILE_H
#define JST_CLI_PUT_FILE_H

#include "joist/memory.h"

/* A device or a pipe (/dev/stdout): written to, never replaced by a file. */
bool jst_cli_is_special(const char *path);

/* Writes a file whole or not at all: into a temporary one beside it, which is then renamed. `what`
 * is for messages. */
joist_status jst_cli_put_file(const char *path, const char *what, const joist_buffer *text,
                              unsigned mode, joist_error *e);

#endif
