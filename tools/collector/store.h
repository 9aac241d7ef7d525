/* SPDX-License-Identifier: Apache-2.0
 * Where events go: one const struct of functions per kind of storage, chosen by the scheme of the
 * URI. */
#ifndef COLLECTOR_STORE_H
#define COLLECTOR_STORE_H

#include "joist/memory.h"

/* Functions of one storage, called from several threads at once. */
typedef struct store_kind {
    const char *scheme;         /* "file"; a bare path is a file, too */
    const char *what;           /* for --help: "DIR" */
    unsigned writers;           /* puts at once that gain anything */
    bool instant;               /* put neither waits nor fails: it may be called anywhere */

    /* `rest`: what follows "scheme:". NULL with a message: no such place, or no leave to write. */
    void *(*open)(joist_text rest, joist_error *e);

    /* Makes the object NAME ("deactivate/2026/11/23/10/….json", made by object_name) with these
     * bytes, durably before it returns: whole, or not at all. False with a message if it may not
     * be there. */
    bool (*put)(void *self, const char *name, joist_text bytes, joist_error *e);

    /* Would a put succeed now, as far as can be known without making an object? */
    bool (*check)(void *self, joist_error *e);

    void (*close)(void *self);
} store_kind;

typedef struct store { const store_kind *kind; void *self; } store;

/* False with a message: the scheme is unknown (JOIST_USAGE), or it cannot be opened. */
bool store_open(store *out, joist_text uri, joist_error *e);
void store_close(store *s);             /* one that was not opened is left alone */

extern const store_kind store_directory, store_null;

/* ---- names ----------------------------------------------------------------------------------- */
enum { OBJECT_NAME_SIZE = 128 };

/* The object of events received at that time, the first of which has this id (36 characters). Made
 * of nothing that a client sends. */
void object_name(char out[OBJECT_NAME_SIZE], int64_t received_ms, const char *request_id,
                 bool several);

#endif
