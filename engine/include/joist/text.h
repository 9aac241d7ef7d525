/* SPDX-License-Identifier: Apache-2.0
 * Rules on text, times and digests that DoFns apply one by one. Results borrow their input where
 * nothing changes, else live in the arena given. */
#ifndef JOIST_TEXT_RULES_H
#define JOIST_TEXT_RULES_H

#include "joist/memory.h"

#ifdef __cplusplus
extern "C" {
#endif

/* &amp; &lt; &gt; &quot; &apos; &#N; &#xN;, once */
joist_text joist_entities(joist_text t, joist_arena *a);
joist_text joist_trim(joist_text t);  /* ASCII white space: space \t \n \r \v \f */
joist_text joist_lower(joist_text t, joist_arena *a);          /* ASCII letters only */
joist_text joist_cut(joist_text t, size_t limit);              /* at a character boundary */

/* One word of letters, digits and apostrophes off the head of *rest (as Beam's WordCount splits);
 * false: none left. */
bool joist_next_word(joist_text *rest, joist_text *word);

/* Up to the next `end` off the head of *rest, or all that is left; *rest is what follows, NULL
 * after the last part. "a,,b" by ',' has the parts "a", "" and "b". false: none left. */
bool joist_next_part(joist_text *rest, char end, joist_text *part);

/* The whole text is a decimal number, `-17` or `+1.5e3`, that fits: no blanks, no hex, no NaN. */
bool joist_int_parse(joist_text t, int64_t *out);
bool joist_float_parse(joist_text t, double *out);

/* RFC 3339: T and Z in either case, offset or Z required, real calendar dates of years 0000-9999,
 * fractions cut to milliseconds, second 60 allowed (it is the next minute's second 0). */
bool joist_time_parse(joist_text rfc3339, joist_time *out);
/* YYYY-MM-DDTHH:MM:SS.mmmZ; NULL stays NULL */
joist_text joist_time_print(joist_time t, joist_arena *a);
enum { JOIST_TIME_SIZE = 24 };
/* the same, without a NUL; years 0000-9999 */
void joist_time_format(int64_t ms, char out[JOIST_TIME_SIZE]);
bool joist_date_valid(joist_text t);  /* YYYY-MM-DD, a real calendar date */
bool joist_hour_parse(joist_text t, joist_time *out);  /* YYYY-MM-DDTHH, the spelling of --window */

/* SHA-256 (FIPS 180-4, by OpenSSL) of the parts one after another: the first `digits` (<= 64) hex
 * digits, lower case. */
joist_text joist_sha256_hex(const joist_text *parts, size_t count, size_t digits, joist_arena *a);

/* IDNA2008 lookup form of a host name with non-ASCII characters (libidn2's idn2_lookup_u8, flags
 * 0); NULL: libidn2 refuses it. */
joist_text joist_idn_ascii(joist_text host, joist_arena *a);

bool joist_ip_valid(joist_text t);  /* what inet_pton takes, IPv4 or IPv6 */

#ifdef __cplusplus
}
#endif
#endif
