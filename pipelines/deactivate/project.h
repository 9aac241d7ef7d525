/* SPDX-License-Identifier: Apache-2.0
 * The side input: which projects there are, and what is valid for each. */
#ifndef DEACTIVATE_PROJECT_H
#define DEACTIVATE_PROJECT_H

#include <joist.h>

/* As it stands in the store or in a file of JSON lines. */
#define PROJECT_DOCUMENT(F, T)                                                                    \
    F(T, joist_text, id, JOIST_REQUIRED, .from = "_id")                                           \
    F(T, joist_text, hash, JOIST_REQUIRED, .help = "how its plugin names it")                     \
    F(T, joist_json, active, 0, .help = "only false is inactive; in SQLite, 0")                   \
    F(T, joist_json, reasons, 0, .help = "[{slug}]")                                              \
    F(T, joist_json, custom_fields, 0, .help = "[{key, type}]")                                   \
    F(T, joist_json, integrations, 0, .help = "{name: {enabled, …}}")
JOIST_RECORD_EXTERN(project_document, PROJECT_DOCUMENT);

#define CUSTOM_FIELD(F, T)                                                                        \
    F(T, joist_text, key, JOIST_REQUIRED)                                                         \
    F(T, int64_t, type, 0, .help = "see custom_type_of")
JOIST_RECORD_EXTERN(custom_field, CUSTOM_FIELD);

/* As events are held against it. */
#define PROJECT(F, T)                                                                             \
    F(T, joist_text, id, JOIST_REQUIRED)                                                          \
    F(T, joist_text, hash, JOIST_REQUIRED, .help = "in lower case")                               \
    F(T, bool, active, 0)                                                                         \
    F(T, joist_text_list, reasons, 0, .help = "its own, beside the default ones")                 \
    F(T, custom_field_list, custom_fields, 0, JOIST_LIST_OF(custom_field))                        \
    F(T, joist_json, integrations, 0, .help = "the enabled ones; NULL: none is")
JOIST_RECORD_EXTERN(project, PROJECT);

/* NULL, or why the document, read from `uri`, is none of a project. Memory from `a`. */
const char *project_of(const project_document *document, joist_text uri, joist_arena *a,
                       project *out);

/* One of the defaults or of the project's own, retired ones too. */
bool is_reason_of(const project *p, joist_text reason_id);

#endif
