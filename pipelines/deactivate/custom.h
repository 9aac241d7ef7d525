/* SPDX-License-Identifier: Apache-2.0
 * Custom fields: what a project declares of the map `extra`. */
#ifndef DEACTIVATE_CUSTOM_H
#define DEACTIVATE_CUSTOM_H

#include "project.h"

/* The number of a type by its name, string, int, float, bool or date; -1: there is no such type. */
int64_t custom_type_of(joist_text name);

/* The declared fields that are there and of their type, as a JSON object in the order they are
 * declared; NULL if there are none. */
joist_json custom_fields_of(joist_json extra, const custom_field_list *declared, joist_arena *a,
                            joist_warnings *w);

#endif
