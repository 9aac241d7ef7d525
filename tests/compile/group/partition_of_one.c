/* SPDX-License-Identifier: Apache-2.0
 * A partition has two parts at least.
 *
 * EXPECT gcc: by_size: JOIST_PARTITION takes 2 to 8 parts
 * EXPECT clang: by_size: JOIST_PARTITION takes 2 to 8 parts */
#include "../base.h"

#ifdef CURED
JOIST_PARTITION(by_size, word, small, large);
static int by_size_partition(const word *w)
{
    return w->text.len > 10 ? by_size_large : by_size_small;
}
#else
JOIST_PARTITION(by_size, word, small);
static int by_size_partition(const word *w) { return w->text.len > 10 ? 1 : by_size_small; }
#endif
