/* SPDX-License-Identifier: Apache-2.0
 * The life of one request: looked at when its headers are there, its body taken in, made an event,
 * given to the batcher, answered. */
#ifndef COLLECTOR_REQUEST_H
#define COLLECTOR_REQUEST_H

#include "server.h"

/* The library's callbacks; `cls` is the server. */
enum MHD_Result request_handle(void *cls, struct MHD_Connection *c, const char *url,
                               const char *method, const char *version, const char *data,
                               size_t *size, void **state);
void request_completed(void *cls, struct MHD_Connection *c, void **state,
                       enum MHD_RequestTerminationCode code);

#endif
