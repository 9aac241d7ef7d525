/* SPDX-License-Identifier: Apache-2.0
 * The canonical url of a site: what makes two events be of one site. */
#ifndef DEACTIVATE_SITE_H
#define DEACTIVATE_SITE_H

#include <joist.h>

typedef struct site_address {
    joist_text url;             /* host[:port][path]; borrows the url it is made of where it can */
    bool local;                 /* the host is nobody's in public: localhost, *.test, 10.0.0.1 … */
} site_address;

/* False: no canonical url can be had of `url` (which may be NULL). */
bool site_address_of(joist_text url, joist_arena *a, site_address *out);

#endif
