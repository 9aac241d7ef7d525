/* SPDX-License-Identifier: Apache-2.0
 * What the collector can be told: one record of options, from which flags, environment and help
 * are. */
#ifndef COLLECTOR_OPTIONS_H
#define COLLECTOR_OPTIONS_H

#include "../cli/options.h"
#include "address.h"

#define COLLECTOR_OPTIONS(F, T)                                                                   \
    F(T, joist_text, storage, JOIST_REQUIRED, .values = "URI", .limit = 4096,                     \
      .help = "where events are kept: a directory, its path or file:PATH")                        \
    F(T, joist_text, host, 0, .fallback = "0.0.0.0", .values = "ADDR",                            \
      .help = "address to listen on; :: is IPv6 and IPv4")                                        \
    F(T, int64_t, port, 0, .fallback = "8080",                                                    \
      .help = "port to listen on; 0: a free one, which the log tells; also from PORT")            \
    F(T, int64_t, batch_ms, 0, .fallback = "20",                                                  \
      .help = "events that wait for the storage share an object unless one came so much later "   \
              "than the one before; 0: never")                                                    \
    F(T, int64_t, rate_project, 0, .fallback = "0",                                               \
      .help = "requests a minute and project hash; more are answered 429; 0: no limit")           \
    F(T, int64_t, rate_address, 0, .fallback = "0",                                               \
      .help = "requests a minute and client address; 0: no limit")                                \
    F(T, joist_text, trusted_proxies, 0, .values = "LIST", .limit = 4096,                         \
      .help = "addresses and networks whose X-Forwarded-For is believed: 10.0.0.0/8,::1")         \
    F(T, bool, explain_options, 0, .fallback = "false",                                           \
      .help = "print every option, its value and where it came from, then stop")                  \
    F(T, joist_time, now, JOIST_HIDDEN, .help = "what the clock shows at the start")
JOIST_RECORD_EXTERN(collector_options, COLLECTOR_OPTIONS);

typedef struct settings {
    const collector_options *o;
    networks trusted;
} settings;

/* Reads flags and environment. JOIST_OK with NULL in out->o: the answer, help or version, is in
 * `said`. Everything lives in the arena. */
joist_status settings_load(settings *out, int argc, char **argv, joist_arena *arena,
                           joist_buffer *said, joist_error *e);

#endif
