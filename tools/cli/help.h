/* SPDX-License-Identifier: Apache-2.0
 * Texts made from the table of options: help, --explain-options, `list options`. */
#ifndef JST_CLI_HELP_H
#define JST_CLI_HELP_H

#include "options.h"

#include <jansson.h>

/* All visible options, a heading per group. */
void jst_cli_help_options(joist_buffer *out, const jst_cli_options *o);

/* What one option is, and its default. */
joist_text jst_cli_option_help(joist_arena *a, const jst_cli_option *option);

/* Every option that is visible or set: its value and where that came from. */
void jst_cli_explain(joist_buffer *out, const jst_cli_options *o);

/* [{"name","variable","type","default","required","group","help"}]; a new reference. */
json_t *jst_cli_options_json(const jst_cli_options *o);

#endif
