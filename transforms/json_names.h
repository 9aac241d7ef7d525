/* SPDX-License-Identifier: Apache-2.0
 * Names that occur twice in one object. */
#ifndef JST_JSON_NAMES_H
#define JST_JSON_NAMES_H

#include <joist.h>

/* Drops every member whose name comes again behind it; returns how many are left. O(n log n),
 * whatever the names. */
size_t jst_names_keep_last(joist_member *members, size_t count);

#endif
