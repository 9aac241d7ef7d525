/* SPDX-License-Identifier: Apache-2.0
 * Folder hours. Only the last run of the right shape decides: a path below …/2026/13/01/00/ has no
 * hour even if a real one stands further left, so that a typing error never files data under
 * another hour.
 *
 * Limits: the path is taken as text, so `a/../b` keeps its "..", and links are not followed: what a
 * person sees in the path is what counts. */
#include "read_hour.h"

enum { SHAPE_LEN = 13 };    /* YYYY/MM/DD/HH */

static void add_folders(joist_text path, joist_buffer *out)
{
    const char *p = path.ptr, *end = p + path.len;
    while (p < end) {
        const char *slash = memchr(p, '/', (size_t)(end - p));
        size_t n = (size_t)((slash ? slash : end) - p);
        if (n && !(n == 1 && *p == '.')) {
            joist_buffer_add(out, p, n);
            joist_buffer_byte(out, '/');
        }
        p += n + 1;
    }
}

void jst_hour_folders(joist_text cwd, joist_text directory, joist_buffer *out)
{
    bool absolute = directory.len && directory.ptr[0] == '/';
    if (!absolute && cwd.len)
        add_folders(cwd, out);
    if (directory.len)
        add_folders(directory, out);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool has_shape(const char *p)
{
    static const char shape[SHAPE_LEN + 1] = "0000/00/00/00";
    for (size_t i = 0; i < SHAPE_LEN; i++)
        if (shape[i] == '/' ? p[i] != '/' : !is_digit(p[i]))
            return false;
    return true;
}

static bool is_hour(const char *p, joist_time *hour)
{
    char text[SHAPE_LEN];
    memcpy(text, p, SHAPE_LEN);
    text[4] = text[7] = '-';
    text[10] = 'T';
    return joist_hour_parse((joist_text){ text, SHAPE_LEN }, hour);
}

bool jst_hour_find(joist_text path, size_t *at, joist_time *hour)
{
    *hour = (joist_time){ 0 };
    for (size_t end = path.len; end > SHAPE_LEN; end--) {
        size_t slash = end - 1, begin = slash - SHAPE_LEN;
        if (path.ptr[slash] != '/' || (begin && path.ptr[begin - 1] != '/'))
            continue;
        if (has_shape(path.ptr + begin)) {
            *at = begin;
            return is_hour(path.ptr + begin, hour);
        }
    }
    return false;
}
