/* SPDX-License-Identifier: Apache-2.0
 * Rules on e-mail addresses that only look at their shape. */
#include "person.h"

static joist_text domain_of(joist_text email)
{
    const char *at = memchr(email.ptr, '@', email.len), *end = email.ptr + email.len;
    return at ? (joist_text){ at + 1, (size_t)(end - at - 1) } : JOIST_NO_TEXT;
}

static bool has_space(joist_text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.ptr[i] == ' ' || (t.ptr[i] >= '\t' && t.ptr[i] <= '\r'))
            return true;
    return false;
}

/* At least two parts, none empty: no dot at an end, no two side by side. */
static bool is_domain(joist_text t)
{
    size_t dots = 0;
    for (size_t i = 0; i < t.len; i++) {
        if (t.ptr[i] != '.')
            continue;
        if (i == 0 || i + 1 == t.len || t.ptr[i - 1] == '.')
            return false;
        dots++;
    }
    return dots > 0;
}

bool is_email(joist_text t)
{
    joist_text domain = joist_text_null(t) ? t : domain_of(t);
    if (joist_text_null(domain) || *t.ptr == '@' || has_space(t))
        return false;
    return !memchr(domain.ptr, '@', domain.len) && is_domain(domain);
}

/* `base` or a subdomain of it. */
static bool is_under(joist_text domain, joist_text base)
{
    if (!joist_text_ends(domain, base))
        return false;
    return domain.len == base.len || domain.ptr[domain.len - base.len - 1] == '.';
}

bool is_example_email(joist_text email)
{
    static const char *const reserved[] = {
        "example.com", "example.net", "example.org", "test", "example", "invalid", "localhost", NULL
    };
    joist_text domain = domain_of(email);
    for (const char *const *base = reserved; *base; base++)
        if (is_under(domain, joist_text_of(*base)))
            return true;
    return false;
}
