/* SPDX-License-Identifier: Apache-2.0
 * Arenas that are lent: as many as there are threads at once, however many requests are open. */
#ifndef COLLECTOR_SCRATCH_H
#define COLLECTOR_SCRATCH_H

#include "joist/memory.h"

typedef struct scratch scratch;

scratch *scratch_new(void);
void scratch_free(scratch *s);

joist_arena *scratch_take(scratch *s);                  /* an empty one; thread-safe */
void scratch_give(scratch *s, joist_arena *arena);      /* everything in it dies */

#endif
