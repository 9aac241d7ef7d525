/* SPDX-License-Identifier: Apache-2.0
 * The journal of a SQLite store. */
#ifndef JST_SQLITE_JOURNAL_H
#define JST_SQLITE_JOURNAL_H

#include <joist.h>

extern const joist_journal_ops jst_sqlite_journal;

#endif
