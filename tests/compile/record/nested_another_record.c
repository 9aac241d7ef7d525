/* SPDX-License-Identifier: Apache-2.0
 * A nested record said to be of another type.
 *
 * WARNING gcc: initialization of 'const event *' from incompatible pointer type 'word *'
 * WARNING clang: incompatible pointer types initializing 'const event *' */
#include "../base.h"

#ifdef CURED
#define PLACE(F, T) F(T, joist_text, street, 0) F(T, event, first, 0, JOIST_OF(event))
JOIST_RECORD(place, PLACE);
#else
#define PLACE(F, T) F(T, joist_text, street, 0) F(T, event, first, 0, JOIST_OF(word))
JOIST_RECORD(place, PLACE);
#endif
