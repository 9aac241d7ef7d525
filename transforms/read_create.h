/* SPDX-License-Identifier: Apache-2.0
 * joist_create: records that the program itself brings. */
#ifndef JST_READ_CREATE_H
#define JST_READ_CREATE_H

#include <joist.h>

extern const joist_source_ops jst_create_source;

#endif
