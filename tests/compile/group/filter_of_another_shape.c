/* SPDX-License-Identifier: Apache-2.0
 * A filter answers with a bool.
 *
 * EXPECT gcc: conflicting types for 'is_long_keep'
 * EXPECT clang: conflicting types for 'is_long_keep' */
#include "../base.h"

JOIST_FILTER(is_long, word);

#ifdef CURED
static bool is_long_keep(const word *w) { return w->text.len > 10; }
#else
static int is_long_keep(const word *w) { return w->text.len > 10; }
#endif
