/* SPDX-License-Identifier: Apache-2.0
 * The projects events belong to, and their file of JSON lines. */
#ifndef GENERATE_PROJECT_H
#define GENERATE_PROJECT_H

#include <joist.h>

#include "content.h"

enum { PROJECT_REASONS = 4, PROJECT_FIELDS = 6 };

typedef struct project {
    char id[24], hash[37], slug[48], name[48];
    bool theme, active;
    const char *reasons[PROJECT_REASONS]; size_t reasons_count;   /* the last one is retired */
    const custom *fields[PROJECT_FIELDS]; size_t fields_count;
    bool mailchimp, mailjet, wemail;
} project;

/* Always the same for a seed; one in ten is inactive, one in eight a theme; the first is neither.
 * Free with joist_free. */
project *projects_make(uint64_t seed, size_t count);
void projects_write(const project *projects, size_t count, joist_buffer *out);

/* xxxxxxxx-xxxx-Vxxx-8xxx-xxxxxxxxxxxx of 128 bits. */
void uuid_format(uint64_t high, uint64_t low, char version, char out[37]);

#endif
