/* SPDX-License-Identifier: Apache-2.0
 * Every bound of the collector in one place: what docs/collector.md promises. */
#ifndef COLLECTOR_LIMITS_H
#define COLLECTOR_LIMITS_H

enum {
    BODY_MAX = 256 << 10,           /* bytes of a body; more is 413 */
    LEAVES_MAX = 4096,              /* values of an event; more are left out */
    DEPTH_MAX = 8,                  /* containers in containers, the event being level 1 */
    HEADER_MAX = 16 << 10,          /* bytes of request line and headers; more is 431 or 414 */
    HEADER_TEXT_MAX = 512,          /* bytes of a header that are stored */
    HEADER_SECONDS = 10,            /* for the headers, and for an idle connection */
    BODY_SECONDS = 30,
    IDLE_SECONDS = 1,               /* while stopping: then an idle connection is let go */
    STOP_SECONDS = 8,               /* from SIGTERM on, for what was accepted */
    LINGER_MAX = 1 << 20,           /* bytes of a refused body that are read and thrown away */
    CONNECTIONS_MAX = 12000,        /* more wait in the listen queue */
    LISTEN_QUEUE = 4096,
    HELD_MAX = 128 << 20,           /* bytes of all bodies and events in memory; more is 503 */
    BATCH_BYTES_MAX = 4 << 20,      /* of one object */
    WRITERS_MAX = 16,               /* puts at once */
    RATE_SLOTS = 1 << 16,           /* keys a limiter knows at once */
    RETRY_SECONDS = 5,              /* Retry-After of 503 */
};

#endif
