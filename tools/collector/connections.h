/* SPDX-License-Identifier: Apache-2.0
 * Every open connection and when it must be done with what it is doing. The library's own timeout
 * begins anew with each byte; one that is sent a byte now and then would be held for ever. */
#ifndef COLLECTOR_CONNECTIONS_H
#define COLLECTOR_CONNECTIONS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum phase {
    PHASE_HEADERS,              /* idle, or a request's headers are on their way */
    PHASE_BODY,
    PHASE_WORK                  /* ours: no deadline */
} phase;

typedef struct connection connection;
typedef struct connections connections;

connections *connections_new(void);
void connections_free(connections *c);

/* `fd` is open until connections_remove was called. */
connection *connections_add(connections *c, int fd, int64_t now_us);
void connections_remove(connections *c, connection *one);

/* Begins a phase and its deadline. From one thread at a time per connection. */
void connection_enter(connection *one, phase p, int64_t now_us);

/* Hangs up on all that are late; returns how many. */
size_t connections_sweep(connections *c, int64_t now_us);

/* Hangs up on connections that have been idle for IDLE_SECONDS: those that are in use end with
 * their next answer. `all`: nobody who is still sending is waited for. */
void connections_drain(connections *c, int64_t now_us, bool all);

size_t connections_count(connections *c);

#endif
