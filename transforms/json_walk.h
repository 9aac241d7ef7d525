/* SPDX-License-Identifier: Apache-2.0
 * The strict walk over a text's index: checks everything, keeps the slices a plan asks for. */
#ifndef JST_JSON_WALK_H
#define JST_JSON_WALK_H

#include "json_index.h"
#include "json_plan.h"

/* What the record has at one node of the plan: the last occurrence. */
typedef struct jst_slot {
    const char *ptr;            /* the value as it stands; NULL: absent */
    uint32_t len;
    bool escaped;               /* a string with a backslash in it */
    bool warned;                /* its cast warning was given (see json_decode.c) */
} jst_slot;

typedef struct jst_walk {
    joist_text text;
    jst_json_index index;
    const jst_plan *plan;
    jst_slot *slots;            /* plan->node_count of them, zeroed */
    bool lone;                  /* out: a surrogate escape without partner was seen, anywhere */
} jst_walk;

/* False: the text is no JSON object (the caller asks joist_json_skip what it is). */
bool jst_json_walk(jst_walk *in);

#endif
