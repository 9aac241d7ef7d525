/* SPDX-License-Identifier: Apache-2.0
 * Errors are values of a fixed size: reporting one allocates nothing. */
#include "joist/base.h"

#include <stdarg.h>
#include <stdio.h>

joist_status joist_fail_with(joist_error *e, joist_failure failure, const char *fmt, ...)
{
    if (!e)
        return JOIST_FAILED;
    *e = (joist_error){ .failure = failure };
    va_list args;
    va_start(args, fmt);
    vsnprintf(e->message, sizeof e->message, fmt, args);
    va_end(args);
    return JOIST_FAILED;
}
