/* SPDX-License-Identifier: Apache-2.0
 * Events a minute and key, in bounded memory: a generic cell rate algorithm. */
#ifndef COLLECTOR_RATE_H
#define COLLECTOR_RATE_H

#include "joist/base.h"

typedef struct rate rate;

/* `per_minute` events of a key, all of which may come at once; 0: no limit. */
rate *rate_new(int64_t per_minute, uint64_t seed);
void rate_free(rate *r);                /* NULL is a no-op */

/* Counts one event of `key`. 0: it may pass; else milliseconds until one may. Thread-safe. */
int64_t rate_take(rate *r, joist_text key, int64_t now_ms);

#endif
