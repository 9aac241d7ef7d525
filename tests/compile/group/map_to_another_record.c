/* SPDX-License-Identifier: Apache-2.0
 * A map gives what it says it gives.
 *
 * EXPECT gcc: conflicting types for 'to_event_map'
 * EXPECT clang: conflicting types for 'to_event_map' */
#include "../base.h"

JOIST_MAP(to_event, word, event);

#ifdef CURED
static event to_event_map(const word *w) { return (event){ .id = w->text }; }
#else
static word to_event_map(const word *w) { return *w; }
#endif
