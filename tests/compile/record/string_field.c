/* SPDX-License-Identifier: Apache-2.0
 * A field that is a C string.
 *
 * EXPECT gcc: place.city is `const char *`
 * EXPECT clang: place.city is `const char *` */
#include "../base.h"

#ifdef CURED
#define PLACE(F, T) F(T, joist_text, street, 0) F(T, joist_text, city, 0)
JOIST_RECORD(place, PLACE);
#else
#define PLACE(F, T) F(T, joist_text, street, 0) F(T, const char *, city, 0)
JOIST_RECORD(place, PLACE);
#endif
