/* SPDX-License-Identifier: Apache-2.0
 * HTTP answers, made of the table of outcomes: nothing of a request is in them. */
#ifndef COLLECTOR_ANSWERS_H
#define COLLECTOR_ANSWERS_H

#include "joist/memory.h"
#include "outcomes.h"

#include <microhttpd.h>

typedef struct answers answers;

answers *answers_new(void);
void answers_free(answers *a);

/* What an answer needs beside its outcome. */
typedef struct answer {
    outcome outcome;
    bool close;                 /* the connection is not used again */
    const char *allow;          /* of 405: the methods */
    int64_t retry_ms;           /* of 429: when to come again */
    joist_text page;            /* of METRICS_PAGE */
} answer;

enum MHD_Result answers_queue(const answers *a, struct MHD_Connection *c, const answer *what);

/* A whole 413 answer, headers and all, for when the library takes none. */
joist_text answers_too_large(void);

#endif
