/* SPDX-License-Identifier: Apache-2.0
 * What the built-in CombineFns share: reading fields of a record that is known by its type only. */
#ifndef JST_COMBINE_PARTS_H
#define JST_COMBINE_PARTS_H

#include <joist.h>

/* The scalar field of that name, for `prepare`; NULL with *e filled: `what` takes none such. */
const joist_field *jst_scalar_field(const joist_type *type, joist_text name, const char *what,
                                    joist_error *e);
/* The same for an int or float field. */
const joist_field *jst_number_field(const joist_type *type, joist_text name, const char *what,
                                    joist_error *e);

/* Fields by offset as names, into `names` with room for 8. */
joist_text_list jst_field_names(const joist_type *type, const joist_fields *fields,
                                joist_text *names);

JOIST_INLINE int64_t jst_int_of(const joist_field *f, const void *record)
{
    int64_t n;
    memcpy(&n, (const char *)record + f->offset, sizeof n);
    return n;
}

/* NaN is one NaN, -0.0 is 0.0. */
JOIST_INLINE double jst_float_of(const joist_field *f, const void *record)
{
    double x;
    memcpy(&x, (const char *)record + f->offset, sizeof x);
    return x != x ? (double)__builtin_nan("") : x + 0.0;
}

/* Numbers as uint64_t, ordered as the numbers are, NaN last. */
JOIST_INLINE uint64_t jst_float_order(double x)
{
    uint64_t bits, sign = UINT64_C(1) << 63;
    memcpy(&bits, &x, sizeof bits);
    return x != x ? UINT64_MAX : bits & sign ? ~bits : bits | sign;
}

/* 64 bits that look random, the same in every run. */
uint64_t jst_hash_text(joist_text t, uint64_t seed);

#endif
