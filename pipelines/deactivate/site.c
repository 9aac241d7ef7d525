/* SPDX-License-Identifier: Apache-2.0
 * An url is taken apart from left to right: scheme, user, host, port, path; query and fragment are
 * not looked at. A host that is ASCII throughout is only lower-cased, any other is what libidn2
 * makes of it. */
#include "site.h"

typedef struct parts {
    bool https;
    joist_text host, port, path;        /* port: NULL if there is none, "" if it is empty */
} parts;

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static joist_text head(joist_text t, size_t n)
{
    return (joist_text){ t.ptr, n };
}

static joist_text behind(joist_text t, size_t n)
{
    return (joist_text){ t.ptr + n, t.len - n };
}

/* The first byte of `t` that is one of `stops`, or its length. */
static size_t find_any(joist_text t, joist_text stops)
{
    size_t n = t.len;
    for (size_t i = 0; i < stops.len && n; i++) {
        const char *stop = memchr(t.ptr, stops.ptr[i], n);
        n = stop ? (size_t)(stop - t.ptr) : n;
    }
    return n;
}

/* ---- taking apart ---------------------------------------------------------------------------- */

/* Length of a scheme in front of "://", 0: there is none. */
static size_t scheme_length(joist_text url)
{
    size_t n = 0;
    while (n < url.len && (is_letter(url.ptr[n]) || (n && (is_digit(url.ptr[n])
                           || memchr("+.-", url.ptr[n], 3)))))
        n++;
    return n && joist_text_starts(behind(url, n), JOIST_TEXT("://")) ? n : 0;
}

/* Moves *url behind its scheme. */
static bool take_scheme(joist_text *url, joist_arena *a, bool *https)
{
    size_t n = scheme_length(*url);
    *https = false;
    if (!n)
        return true;
    joist_text scheme = joist_lower(head(*url, n), a);
    *https = joist_text_equal(scheme, JOIST_TEXT("https"));
    *url = behind(*url, n + 3);
    return *https || joist_text_equal(scheme, JOIST_TEXT("http"));
}

static joist_text without_user(joist_text authority)
{
    size_t n = authority.len;
    while (n && authority.ptr[n - 1] != '@')
        n--;
    return behind(authority, n);
}

/* The port begins at the first colon, of a bracketed host at the one behind the bracket. */
static bool split_port(joist_text authority, parts *out)
{
    size_t n = find_any(authority, JOIST_TEXT(":"));
    if (authority.len && *authority.ptr == '[') {
        n = find_any(authority, JOIST_TEXT("]")) + 1;
        if (n > authority.len || (n < authority.len && authority.ptr[n] != ':'))
            return false;
    }
    out->host = head(authority, n);
    out->port = n < authority.len ? behind(authority, n + 1) : JOIST_NO_TEXT;
    return true;
}

static bool take_apart(joist_text url, joist_arena *a, parts *out)
{
    if (!take_scheme(&url, a, &out->https))
        return false;
    size_t n = find_any(url, JOIST_TEXT("/?#"));
    joist_text rest = behind(url, n);
    out->path = head(rest, find_any(rest, JOIST_TEXT("?#")));
    while (out->path.len && out->path.ptr[out->path.len - 1] == '/')
        out->path.len--;
    return split_port(without_user(head(url, n)), out);
}

/* ---- cleaning -------------------------------------------------------------------------------- */
static bool is_ascii(joist_text t)
{
    unsigned char all = 0;
    for (size_t i = 0; i < t.len; i++)
        all |= (unsigned char)t.ptr[i];
    return all < 0x80;
}

static bool is_forbidden(char c)
{
    switch (c) {
    case '<': case '>': case '"': case '\\': case '^': case '{': case '}': case '|': case '%':
    case 0x7F:
        return true;
    default:
        return (unsigned char)c <= ' ';
    }
}

static bool has_forbidden(joist_text host)
{
    for (size_t i = 0; i < host.len; i++)
        if (is_forbidden(host.ptr[i]))
            return true;
    return false;
}

static bool clean_host(joist_text *host, joist_arena *a)
{
    joist_text t = joist_lower(*host, a);
    if (joist_text_starts(t, JOIST_TEXT("www.")))
        t = behind(t, 4);
    if (joist_text_ends(t, JOIST_TEXT(".")))
        t.len--;
    if (!is_ascii(t))
        t = joist_idn_ascii(t, a);
    *host = t;
    return t.len && (*t.ptr == '[' || !has_forbidden(t));
}

/* Without leading zeros; NULL if it is the scheme's default. */
static bool clean_port(joist_text *port, bool https)
{
    joist_text t = *port;
    uint32_t n = 0;
    if (joist_text_null(t))
        return true;
    while (t.len && *t.ptr == '0')
        t = behind(t, 1);
    if (!t.len || t.len > 5)
        return false;
    for (size_t i = 0; i < t.len; i++) {
        if (!is_digit(t.ptr[i]))
            return false;
        n = n * 10 + (uint32_t)(t.ptr[i] - '0');
    }
    *port = n == (https ? 443u : 80u) ? JOIST_NO_TEXT : t;
    return n <= 65535;
}

/* ---- local hosts ----------------------------------------------------------------------------- */

/* The first two numbers of an IPv4 address; anything else gives numbers that no rule below has. */
static void first_numbers(joist_text host, uint32_t out[2])
{
    out[0] = out[1] = 0;
    if (!is_digit(*host.ptr) || !joist_ip_valid(host) || memchr(host.ptr, ':', host.len))
        return;
    for (size_t i = 0, at = 0; at < 2; i++) {
        if (host.ptr[i] == '.')
            at++;
        else
            out[at] = out[at] * 10 + (uint32_t)(host.ptr[i] - '0');
    }
}

static bool is_private(joist_text host)
{
    uint32_t n[2];
    first_numbers(host, n);
    return n[0] == 127 || n[0] == 10 || (n[0] == 172 && n[1] >= 16 && n[1] <= 31)
        || (n[0] == 192 && n[1] == 168);
}

static bool is_local(joist_text host)
{
    static const char *const ends[] = {
        ".test", ".testing", ".local", ".localhost", ".localdomain", NULL
    };
    if (find_any(host, JOIST_TEXT(".:")) == host.len)
        return true;
    for (const char *const *end = ends; *end; end++)
        if (joist_text_ends(host, joist_text_of(*end)))
            return true;
    return joist_text_equal(host, JOIST_TEXT("[::1]")) || is_private(host);
}

/* ---------------------------------------------------------------------------------------------- */

/* Most urls need nothing between host and path, and the two stand side by side already. */
static joist_text put_together(const parts *p, joist_arena *a)
{
    if (joist_text_null(p->port) && p->host.ptr + p->host.len == p->path.ptr)
        return (joist_text){ p->host.ptr, p->host.len + p->path.len };
    joist_buffer out = joist_buffer_in(a, p->host.len + 1 + p->port.len + p->path.len);
    joist_buffer_text(&out, p->host);
    if (!joist_text_null(p->port))
        joist_buffer_byte(&out, ':');
    joist_buffer_text(&out, p->port);
    joist_buffer_text(&out, p->path);
    return joist_buffer_view(&out);
}

bool site_address_of(joist_text url, joist_arena *a, site_address *out)
{
    parts p;
    if (joist_text_null(url) || !take_apart(url, a, &p) || !clean_host(&p.host, a)
        || !clean_port(&p.port, p.https))
        return false;
    *out = (site_address){ put_together(&p, a), is_local(p.host) };
    return true;
}
