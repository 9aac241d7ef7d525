/* SPDX-License-Identifier: Apache-2.0
 * joist_count: elements per key. */
#include <joist.h>

#define COUNT_ACC(F, T) F(T, int64_t, n, 0)
JOIST_RECORD(count_acc, COUNT_ACC);

static void add(const joist_combine_call *c, void *acc, const void *element)
{
    (void)c;
    (void)element;
    ((count_acc *)acc)->n++;
}

static void merge(const joist_combine_call *c, void *acc, const void *other)
{
    (void)c;
    ((count_acc *)acc)->n += ((const count_acc *)other)->n;
}

static joist_status extract(const joist_combine_call *c, const void *acc, const void *key)
{
    joist_tally_out out = { c->port };
    return joist_tally_emit(out, (joist_tally){ joist_key_text(c, key),
                                                ((const count_acc *)acc)->n });
}

const joist_combine joist_count_combine = {
    .name = "joist_count", .acc = &count_acc_type, .out = &joist_tally_type,
    .add = add, .merge = merge, .extract = extract,
};
