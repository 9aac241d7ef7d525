/* SPDX-License-Identifier: Apache-2.0
 * A list said to hold another record.
 *
 * WARNING gcc: initialization of 'const event_list *' from incompatible pointer type 'word_list *'
 * WARNING clang: incompatible pointer types initializing 'const event_list *' */
#include "../base.h"

#ifdef CURED
#define PLACE(F, T) F(T, joist_text, street, 0) F(T, event_list, all, 0, JOIST_LIST_OF(event))
JOIST_RECORD(place, PLACE);
#else
#define PLACE(F, T) F(T, joist_text, street, 0) F(T, event_list, all, 0, JOIST_LIST_OF(word))
JOIST_RECORD(place, PLACE);
#endif
