/* SPDX-License-Identifier: Apache-2.0
 * Eight bytes of ASCII at a time, which nearly all of it is; what else there is, one character at a
 * time. */
#include "utf8.h"

#include "../../transforms/json_utf8.h"

static const char *skip_ascii(const char *p, const char *end)
{
    for (uint64_t word; end - p >= 8; p += 8) {
        memcpy(&word, p, 8);
        if (word & 0x8080808080808080u)
            break;
    }
    while (p < end && (unsigned char)*p < 0x80)
        p++;
    return p;
}

bool utf8_valid(joist_text t)
{
    const char *end = t.ptr + t.len;
    for (const char *p = t.ptr; (p = skip_ascii(p, end)) < end;) {
        size_t bad, n = jst_utf8_length(p, end, &bad);
        if (!n)
            return false;
        p += n;
    }
    return true;
}
