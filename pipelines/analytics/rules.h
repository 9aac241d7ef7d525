/* SPDX-License-Identifier: Apache-2.0
 * Rules of the analytics tables on single values: what a value of the history reads in a key. */
#ifndef ANALYTICS_RULES_H
#define ANALYTICS_RULES_H

#include <joist.h>

/* A text as it stands in a key: NULL is `(none)`, and a real `(none)` or `__other__` gets a `=` in
 * front, so that nobody takes it for ours. */
joist_text key_of(joist_text t);

/* "true", "false" or "(none)". */
joist_text key_of_bool(joist_bool b);

/* The first two numbers of a version, digits as written: "7.4.3-4ubuntu2.19" -> "7.4", "6" -> "6",
 * no leading digit -> "(none)". */
joist_text minor_of(joist_text version);

/* The server's name in lower case: "Apache/2.4.57 (Debian)" -> "apache". */
joist_text family_of(joist_text software, joist_arena *a);

/* ---- days: whole ones since 1970, UTC; also before ------------------------------------------- */
int64_t day_of(joist_time t);
joist_time hour_of(joist_time t);               /* its beginning */
joist_text day_print(int64_t day, joist_arena *a);  /* YYYY-MM-DD, of the years 0000-9999 */

#endif
