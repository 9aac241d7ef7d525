/* SPDX-License-Identifier: Apache-2.0
 * The NDJSON store. */
#ifndef JST_WRITE_NDJSON_H
#define JST_WRITE_NDJSON_H

#include <joist.h>

extern const joist_store_ops jst_ndjson_store;

#endif
