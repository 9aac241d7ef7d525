/* SPDX-License-Identifier: Apache-2.0
 * One gzip member of some bytes. Level 6, no time and no name inside, so the same bytes every
 * time for one version of zlib. */
#ifndef GENERATE_GZIP_H
#define GENERATE_GZIP_H

#include <joist.h>

void gzip_append(joist_buffer *out, const char *bytes, size_t len);

#endif
