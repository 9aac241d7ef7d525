/* SPDX-License-Identifier: Apache-2.0
 * The SQLite source. */
#ifndef JST_READ_SQLITE_H
#define JST_READ_SQLITE_H

#include <joist.h>

extern const joist_source_ops jst_sqlite_source;

#endif
