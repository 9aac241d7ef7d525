/* SPDX-License-Identifier: Apache-2.0
 * The manual page of a program, from the tables that make its help. */
#ifndef JST_CLI_MAN_H
#define JST_CLI_MAN_H

#include "verbs.h"

/* `PROGRAM --man`: a page for man(1), in the macros of man(7). */
void jst_cli_man(joist_buffer *out, const jst_cli_program *program);

/* Appends `t` as text of roff: what begins a request, a dash or an escape is none. */
void jst_cli_roff(joist_buffer *out, joist_text t);

#endif
