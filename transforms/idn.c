/* SPDX-License-Identifier: Apache-2.0
 * International host names by libidn2, whose judgement is final. */
#include <idn2.h>
#include <joist.h>

joist_text joist_idn_ascii(joist_text host, joist_arena *a)
{
    if (!host.ptr || memchr(host.ptr, '\0', host.len))
        return JOIST_NO_TEXT;
    char *name = joist_text_dup(host);
    uint8_t *found = NULL;
    int code = idn2_lookup_u8((const uint8_t *)name, &found, 0);
    joist_free(name);
    joist_text out = JOIST_NO_TEXT;
    if (code == IDN2_OK)
        out = joist_arena_text(a, joist_text_of((const char *)found));
    idn2_free(found);
    return out;
}
