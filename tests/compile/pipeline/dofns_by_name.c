/* SPDX-License-Identifier: Apache-2.0
 * A DoFn in the table of DoFns under its bare name.
 *
 * EXPECT gcc: 'shout' undeclared here
 * EXPECT clang: use of undeclared identifier 'shout' */
#include "../base.h"

extern const joist_dofn *const dofns[];
#ifdef CURED
const joist_dofn *const dofns[] = { &shout_dofn, NULL };
#else
const joist_dofn *const dofns[] = { &shout, NULL };
#endif
