/* SPDX-License-Identifier: Apache-2.0
 * expect/ of a case: compared with a result, and rewritten by --update. */
#ifndef JST_CLI_GOLDEN_EXPECT_H
#define JST_CLI_GOLDEN_EXPECT_H

#include "golden_case.h"

/* What two ways of running the case gave otherwise; nothing if they agree. */
void jst_golden_compare(joist_buffer *out, const jst_golden_result *first,
                        const jst_golden_result *other, bool again);

/* What the result has otherwise than expect/. */
joist_status jst_golden_expect(joist_buffer *out, const jst_golden_case *c,
                               const jst_golden_result *got, joist_error *e);

/* Makes expect/ say what the result says; files that say it already are left as they are. */
joist_status jst_golden_update(const jst_golden_case *c, const jst_golden_result *got,
                               joist_error *e);

#endif
