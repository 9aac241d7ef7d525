/* SPDX-License-Identifier: Apache-2.0
 * Which program this is. */
#ifndef JST_CLI_VERSION_H
#define JST_CLI_VERSION_H

#include "joist/memory.h"

const char *jst_cli_version(void);                          /* "0.1.0" */
const char *jst_cli_release_date(void);                     /* of that version, YYYY-MM-DD */
void jst_cli_build_id(joist_buffer *out);                   /* hex, or "none" */
void jst_cli_version_print(joist_buffer *out, const char *pipeline);     /* NULL: of no pipeline */

#endif
