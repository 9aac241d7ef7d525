/* SPDX-License-Identifier: Apache-2.0
 * Every way a request can end, in one table: name in the metrics, status, body. Answers are made of
 * these texts only. */
#ifndef COLLECTOR_OUTCOMES_H
#define COLLECTOR_OUTCOMES_H

#define OUTCOMES(X)                                                                               \
    X(STORED, "stored", 200, "{\"success\":true}")                                                \
    X(HEALTHY, "healthy", 200, "{\"status\":\"ok\"}")                                             \
    X(READY, "ready", 200, "{\"status\":\"ready\"}")                                              \
    X(NOT_READY, "not_ready", 503, "{\"status\":\"not ready\"}")                                  \
    X(METRICS_PAGE, "metrics", 200, "")                                                           \
    X(NO_FIELDS, "no_fields", 400, REFUSED("the form has no field"))                              \
    X(BAD_JSON, "bad_json", 400, REFUSED("the body is not one JSON object"))                      \
    X(BAD_FRAMING, "bad_framing", 400, REFUSED("the headers contradict each other"))              \
    X(NOT_FOUND, "not_found", 404, REFUSED("there is nothing here"))                              \
    X(BAD_METHOD, "bad_method", 405, REFUSED("the method is not allowed here"))                   \
    X(TOO_LARGE, "too_large", 413, REFUSED("the body is longer than 256 KiB"))                    \
    X(BAD_TYPE, "bad_type", 415,                                                                  \
      REFUSED("Content-Type must be application/x-www-form-urlencoded or application/json"))      \
    X(BAD_ENCODING, "bad_encoding", 415, REFUSED("Content-Encoding must not be set"))             \
    X(RATE_ADDRESS, "rate_address", 429, REFUSED("too many requests from this address"))          \
    X(RATE_PROJECT, "rate_project", 429, REFUSED("too many requests for this project"))           \
    X(BUSY, "busy", 503, REFUSED("too much is going on"))                                         \
    X(NOT_STORED, "not_stored", 503, REFUSED("the storage is not available"))
#define TOO_LARGE_BODY REFUSED("the body is longer than 256 KiB")
#define REFUSED(why) "{\"success\":false,\"error\":\"" why "\"}"

typedef enum outcome {
    PENDING = 0,
#define X(id, name, status, body) id,
    OUTCOMES(X)
#undef X
    OUTCOMES_COUNT
} outcome;

#endif
