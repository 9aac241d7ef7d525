/* SPDX-License-Identifier: Apache-2.0
 * A field of the C type int.
 *
 * EXPECT gcc: place.number is `int`
 * EXPECT clang: place.number is `int` */
#include "../base.h"

#ifdef CURED
#define PLACE(F, T) F(T, joist_text, street, 0) F(T, int64_t, number, 0)
JOIST_RECORD(place, PLACE);
#else
#define PLACE(F, T) F(T, joist_text, street, 0) F(T, int, number, 0)
JOIST_RECORD(place, PLACE);
#endif
