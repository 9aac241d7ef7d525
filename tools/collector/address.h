/* SPDX-License-Identifier: Apache-2.0
 * Who sent a request: the peer, or what a proxy that is trusted says. */
#ifndef COLLECTOR_ADDRESS_H
#define COLLECTOR_ADDRESS_H

#include "joist/memory.h"

#include <netinet/in.h>

enum { ADDRESS_SIZE = INET6_ADDRSTRLEN, NETWORKS_MAX = 64 };

/* IPv4 as IPv4-mapped IPv6. */
typedef struct network { struct in6_addr base; unsigned bits; } network;
typedef struct networks { network items[NETWORKS_MAX]; size_t count; } networks;

/* "10.0.0.0/8, 2001:db8::/32, 192.0.2.1": false with a message if it is no such list. */
bool networks_parse(networks *out, joist_text list, joist_error *e);
bool networks_have(const networks *n, const struct in6_addr *a);

/* An IPv4 or IPv6 address, dotted or coloned. */
bool address_parse(struct in6_addr *out, joist_text t);
bool address_of_peer(struct in6_addr *out, const struct sockaddr *peer);

/* Walks `forwarded` (the X-Forwarded-For headers, joined by commas; may be empty) from its end as
 * long as who says so is trusted. */
struct in6_addr address_client(const networks *trusted, struct in6_addr peer, joist_text forwarded);

/* Its usual spelling, NUL-terminated. */
void address_print(const struct in6_addr *a, char out[ADDRESS_SIZE]);

#endif
