/* SPDX-License-Identifier: Apache-2.0
 * Everything is an IPv6 address, IPv4 the mapped ones, so that 10.0.0.1 and ::ffff:10.0.0.1 are
 * one. What stands in X-Forwarded-For left of an address that is not trusted was written by that
 * sender, so it is never looked at. */
#include "address.h"

#include "joist/text.h"

#include <arpa/inet.h>

static void map_v4(struct in6_addr *out, const struct in_addr *v4)
{
    memset(out, 0, sizeof *out);
    out->s6_addr[10] = out->s6_addr[11] = 0xFF;
    memcpy(&out->s6_addr[12], v4, 4);
}

bool address_parse(struct in6_addr *out, joist_text t)
{
    char s[ADDRESS_SIZE];
    struct in_addr v4;
    if (t.len == 0 || t.len >= sizeof s || memchr(t.ptr, '\0', t.len))
        return false;
    memcpy(s, t.ptr, t.len);
    s[t.len] = '\0';
    if (inet_pton(AF_INET, s, &v4) != 1)
        return inet_pton(AF_INET6, s, out) == 1;
    map_v4(out, &v4);
    return true;
}

bool address_of_peer(struct in6_addr *out, const struct sockaddr *peer)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    memset(out, 0, sizeof *out);
    if (!peer || (peer->sa_family != AF_INET && peer->sa_family != AF_INET6))
        return false;
    if (peer->sa_family == AF_INET) {
        memcpy(&v4, peer, sizeof v4);
        map_v4(out, &v4.sin_addr);
    } else {
        memcpy(&v6, peer, sizeof v6);
        *out = v6.sin6_addr;
    }
    return true;
}

void address_print(const struct in6_addr *a, char out[ADDRESS_SIZE])
{
    if (IN6_IS_ADDR_V4MAPPED(a))
        inet_ntop(AF_INET, &a->s6_addr[12], out, ADDRESS_SIZE);
    else
        inet_ntop(AF_INET6, a, out, ADDRESS_SIZE);
}

/* ---- networks -------------------------------------------------------------------------------- */
static bool network_parse(network *out, joist_text t)
{
    const char *slash = t.len ? memchr(t.ptr, '/', t.len) : NULL;
    joist_text base = { t.ptr, slash ? (size_t)(slash - t.ptr) : t.len };
    int64_t bits = 0, most;
    if (!address_parse(&out->base, base))
        return false;
    most = memchr(base.ptr, ':', base.len) ? 128 : 32;
    if (!slash)
        bits = most;
    else if (!joist_int_parse((joist_text){ slash + 1, t.len - base.len - 1 }, &bits))
        return false;
    out->bits = (unsigned)(bits + 128 - most);
    return bits >= 0 && bits <= most;
}

bool networks_parse(networks *out, joist_text list, joist_error *e)
{
    joist_text part;
    *out = (networks){ .count = 0 };
    while (list.len && joist_next_part(&list, ',', &part)) {
        part = joist_trim(part);
        if (out->count < NETWORKS_MAX && network_parse(&out->items[out->count], part)) {
            out->count++;
            continue;
        }
        joist_fail_with(e, JOIST_USAGE, out->count < NETWORKS_MAX
                        ? "'%.*s' is no address and no network like 10.0.0.0/8"
                        : "'%.*s' is one network too many", (int)(part.len < 60 ? part.len : 60),
                        part.len ? part.ptr : "");
        return false;
    }
    return true;
}

static bool inside(const network *n, const struct in6_addr *a)
{
    unsigned whole = n->bits / 8, rest = n->bits % 8;
    if (memcmp(&n->base, a, whole) != 0)
        return false;
    return rest == 0 || (n->base.s6_addr[whole] ^ a->s6_addr[whole]) >> (8 - rest) == 0;
}

bool networks_have(const networks *n, const struct in6_addr *a)
{
    for (size_t i = 0; i < n->count; i++)
        if (inside(&n->items[i], a))
            return true;
    return false;
}

/* ---- X-Forwarded-For ------------------------------------------------------------------------- */
/* Some proxies write 192.0.2.1:443 or [2001:db8::1]:443. */
static joist_text without_port(joist_text t)
{
    const char *end = t.len && *t.ptr == '[' ? memchr(t.ptr, ']', t.len) : NULL;
    if (end)
        return (joist_text){ t.ptr + 1, (size_t)(end - t.ptr) - 1 };
    const char *colon = t.len ? memchr(t.ptr, ':', t.len) : NULL;
    if (colon && !memchr(colon + 1, ':', t.len - (size_t)(colon + 1 - t.ptr)))
        return (joist_text){ t.ptr, (size_t)(colon - t.ptr) };
    return t;
}

static joist_text take_last(joist_text *list)
{
    const char *comma = list->len ? memrchr(list->ptr, ',', list->len) : NULL;
    joist_text last = *list;
    if (comma)
        last = (joist_text){ comma + 1, list->len - (size_t)(comma + 1 - list->ptr) };
    list->len = comma ? (size_t)(comma - list->ptr) : 0;
    return without_port(joist_trim(last));
}

struct in6_addr address_client(const networks *trusted, struct in6_addr peer, joist_text forwarded)
{
    struct in6_addr said;
    while (forwarded.len && networks_have(trusted, &peer)
           && address_parse(&said, take_last(&forwarded)))
        peer = said;
    return peer;
}
