/* SPDX-License-Identifier: Apache-2.0
 * URIs, as far as Joist looks into them: a scheme, a ':' and the rest. What the rest means is the
 * connector's business; nothing is percent-decoded, so that every path can be written as it is.
 *
 * A bare path whose first component has a ':' behind lower-case letters reads as a scheme: `./a:b`
 * is the spelling for such a file. */
#include <joist.h>

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool in_scheme(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '.' || c == '-';
}

joist_text joist_uri_scheme(joist_text uri)
{
    size_t n = 0;
    if (uri.len && is_letter(uri.ptr[0]))
        while (n < uri.len && in_scheme(uri.ptr[n]))
            n++;
    bool found = n && n < uri.len && uri.ptr[n] == ':';
    return (joist_text){ uri.ptr, found ? n : 0 };
}

joist_text joist_uri_rest(joist_text uri)
{
    size_t scheme = joist_uri_scheme(uri).len;
    if (!scheme)
        return uri;
    return (joist_text){ uri.ptr + scheme + 1, uri.len - scheme - 1 };
}
