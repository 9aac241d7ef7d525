/* SPDX-License-Identifier: Apache-2.0
 * Errors as a compiler prints them. */
#ifndef JST_CLI_ERRORS_H
#define JST_CLI_ERRORS_H

#include "joist/memory.h"

/* Appends
 *     error: MESSAGE
 *       --> FILE:LINE            if the message begins with "FILE:LINE: " or "FILE:LINE:COLUMN: "
 *       = help: HINT             if there is one
 * with control characters escaped and passwords in URIs masked. */
void jst_cli_error_format(joist_buffer *out, const joist_error *e, bool color);

/* The length of the "FILE:LINE[:COLUMN]" a message begins with, 0 if it does not. */
size_t jst_cli_place_length(joist_text message);

/* The same on stderr, in colour if that is a terminal that wants it. */
void jst_cli_error_print(const joist_error *e);

/* May escape sequences go to this file descriptor? A terminal, not TERM=dumb. */
bool jst_cli_is_terminal(int fd);
bool jst_cli_wants_color(int fd);       /* and NO_COLOR is not set */

#endif
