/* SPDX-License-Identifier: Apache-2.0
 * Who holds a lease: a process, by a name that is unique among all. */
#ifndef JST_CLI_HOLDER_H
#define JST_CLI_HOLDER_H

#include "joist/memory.h"

/* This process: HOST/PID.START@MACHINE. */
joist_text jst_cli_holder(joist_arena *arena);

/* Has that process ended, for certain? One of another machine, boot or container may go on. */
bool jst_cli_holder_gone(joist_text holder);

#endif
