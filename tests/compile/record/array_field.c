/* SPDX-License-Identifier: Apache-2.0
 * A field that is an array of characters.
 *
 * EXPECT gcc: place.city is `name64`
 * EXPECT clang: place.city is `name64` */
#include "../base.h"

#ifdef CURED
#define PLACE(F, T) F(T, joist_text, street, 0) F(T, joist_text, city, 0)
JOIST_RECORD(place, PLACE);
#else
#define PLACE(F, T) F(T, joist_text, street, 0) F(T, name64, city, 0)
typedef char name64[64];
JOIST_RECORD(place, PLACE);
#endif
