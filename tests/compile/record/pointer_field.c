/* SPDX-License-Identifier: Apache-2.0
 * A field that points to a record.
 *
 * EXPECT gcc: place.first is `event *`
 * EXPECT clang: place.first is `event *` */
#include "../base.h"

#ifdef CURED
#define PLACE(F, T) F(T, joist_text, street, 0) F(T, event, first, 0, JOIST_OF(event))
JOIST_RECORD(place, PLACE);
#else
#define PLACE(F, T) F(T, joist_text, street, 0) F(T, event *, first, 0, JOIST_OF(event))
JOIST_RECORD(place, PLACE);
#endif
