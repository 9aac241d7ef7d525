/* SPDX-License-Identifier: Apache-2.0
 * A file of pairs, 16 bytes each, as a source: what it costs is a pread a bundle, so that what is
 * measured is grouping.
 * Tests: tests/e2e/bench_test.py */
#ifndef BENCH_GROUPS_H
#define BENCH_GROUPS_H

#include <joist.h>

#define PAIR(F, T) F(T, int64_t, key, 0) F(T, int64_t, value, 0)
JOIST_RECORD(pair, PAIR);

extern const joist_connector pairs_connector;   /* pairs:FILE */

#endif
