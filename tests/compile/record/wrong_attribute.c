/* SPDX-License-Identifier: Apache-2.0
 * A mistyped attribute of a field.
 *
 * EXPECT gcc: 'struct <anonymous>' has no member named 'hepl'
 * EXPECT clang: field designator 'hepl' does not refer to any field */
#include "../base.h"

#ifdef CURED
#define PLACE(F, T) F(T, joist_text, street, 0) F(T, joist_text, city, 0, .help = "a town")
JOIST_RECORD(place, PLACE);
#else
#define PLACE(F, T) F(T, joist_text, street, 0) F(T, joist_text, city, 0, .hepl = "a town")
JOIST_RECORD(place, PLACE);
#endif
