/* SPDX-License-Identifier: Apache-2.0
 * What all requests share, and the HTTP front end itself. */
#ifndef COLLECTOR_SERVER_H
#define COLLECTOR_SERVER_H

#include "../cli/logs.h"
#include "address.h"
#include "answers.h"
#include "batch.h"
#include "connections.h"
#include "rate.h"
#include "scratch.h"

#include <pthread.h>

typedef struct server {
    joist_env *env;
    const networks *trusted;
    rate *per_project, *per_address;    /* NULL: no limit */
    batcher *batcher;
    metrics metrics;
    answers *answers;
    connections *connections;
    scratch *scratch;
    bool instant;                       /* the storage is: nobody waits for it */
    uint64_t seed;                      /* of hash tables: nobody's to guess */
    uuid_source ids;
    atomic_bool draining;               /* every answer closes its connection */
    atomic_bool stopped;                /* nothing new is given to the batcher */
    atomic_int_least64_t with_batcher;  /* events given to it and not done */
    struct MHD_Daemon *daemon;
} server;

/* A listening socket; the port it got goes to *port. -1 with a message. */
int server_listen(joist_text host, int64_t *port, joist_error *e);

/* Takes over `listening`. */
bool server_start(server *s, int listening, joist_error *e);

/* No new connections from here on, and idle ones are let go. */
void server_drain(server *s);

/* All connections end. Needs a batcher without events. */
void server_stop(server *s);

#endif
