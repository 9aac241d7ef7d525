/* SPDX-License-Identifier: Apache-2.0
 * The folder hour of a file: the last YYYY/MM/DD/HH run among the folders of its absolute path. */
#ifndef JST_READ_HOUR_H
#define JST_READ_HOUR_H

#include <joist.h>

/* Makes a directory absolute: joined to `cwd` unless it begins with '/', then without empty and "."
 * components and without a leading '/', each other component followed by one '/'. Links and ".."
 * stay as they are written. */
void jst_hour_folders(joist_text cwd, joist_text directory, joist_buffer *out);

/* `path` is such folders with a relative path behind them; its last component, the file's own name,
 * does not count. False: no folder hour, because there is no such run or the last one is no real
 * UTC hour. Otherwise *at is the offset of its year. */
bool jst_hour_find(joist_text path, size_t *at, joist_time *hour);

#endif
