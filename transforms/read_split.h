/* SPDX-License-Identifier: Apache-2.0
 * Cutting a listing into splits: small files in groups, large plain files of lines or CSV in
 * ranges. */
#ifndef JST_READ_SPLIT_H
#define JST_READ_SPLIT_H

#include "read_file.h"

/* Sets s->splits. Large files are opened to see whether they are gzip, which cannot be cut. */
joist_status jst_make_splits(jst_files *s, joist_error *e);

#endif
