/* SPDX-License-Identifier: Apache-2.0
 * What may be shown to a person: terminal-safe text without passwords. */
#ifndef JST_CLI_ESCAPE_H
#define JST_CLI_ESCAPE_H

#include "joist/memory.h"

/* Appends `t` with control characters (C0, DEL, C1) and bytes that are no UTF-8 as \n \t \xNN, so
 * that data in a message can neither move the cursor nor forge a line. */
void jst_cli_escape(joist_buffer *out, joist_text t);

/* Appends `t` with every byte that is no UTF-8 as U+FFFD: for writers that refuse anything else. */
void jst_cli_utf8(joist_buffer *out, joist_text t);

/* Appends `t` with the passwords of URIs in it as ***: scheme://user:PASSWORD@… and query
 * parameters whose name says password, secret, token or key. Rather masks too much than too
 * little. */
void jst_cli_mask(joist_buffer *out, joist_text t);

/* Appends `t` as jst_cli_escape does, with & < > " ' as entities: text or a quoted attribute of XML
 * and HTML. */
void jst_cli_xml(joist_buffer *out, joist_text t);

/* Masked and escaped as an arena text: masked first, then escaped. */
joist_text jst_cli_shown(joist_arena *arena, joist_text t);

/* Appends `t` as one word of a POSIX shell, quoted where it must be. */
void jst_cli_shell_word(joist_buffer *out, joist_text t);

/* Bytes of the UTF-8 character at the head of s[0..len), 0 if there is none. */
size_t jst_cli_utf8_length(const char *s, size_t len);

#endif
