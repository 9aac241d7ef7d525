/* SPDX-License-Identifier: Apache-2.0
 * The maps `users` and `plugins`, as JSON text of a fixed shape. */
#ifndef DEACTIVATE_MAPS_H
#define DEACTIVATE_MAPS_H

#include <joist.h>

/* {"ROLE":n, …} without `total`; NULL if there is no such map. */
joist_json users_of(joist_json users, joist_arena *a, joist_warnings *w);

/* [{"slug","name","version"}, …], the first 500; NULL if there is no such map. */
joist_json plugins_of(joist_json plugins, joist_arena *a, joist_warnings *w);

#endif
