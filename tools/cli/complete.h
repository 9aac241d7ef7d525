/* SPDX-License-Identifier: Apache-2.0
 * What may stand where the cursor is: the one answer behind the completion of all shells. */
#ifndef JST_CLI_COMPLETE_H
#define JST_CLI_COMPLETE_H

#include "verbs.h"

/* `PROGRAM --complete WORD… CURRENT`: the words between the program and the cursor, then the one to
 * be completed, which may be empty. Prints
 *
 *     words 0             or `files N`, `dirs N`: the shell adds those that fit CURRENT behind its
 *                         first N bytes
 *     CANDIDATE<tab>HELP  each a whole word that begins with CURRENT; one that ends in : or = is to
 *                         be typed on, without a blank
 *
 * Answers an exit code. */
int jst_cli_complete(const jst_cli_program *program, int argc, char **argv);

#endif
