/* SPDX-License-Identifier: Apache-2.0
 * `null:` forgets everything: what the collector costs without storage, for measurements. */
/* Tests: it is opened and put to in store_test.c. */
#include "store.h"

static void *null_open(joist_text rest, joist_error *e)
{
    static char self;
    if (rest.len == 0)
        return &self;
    joist_fail_with(e, JOIST_USAGE, "null: takes nothing behind it");
    return NULL;
}

static bool null_put(void *self, const char *name, joist_text bytes, joist_error *e)
{
    (void)self;
    (void)name;
    (void)bytes;
    (void)e;
    return true;
}

static bool null_check(void *self, joist_error *e)
{
    (void)self;
    (void)e;
    return true;
}

static void null_close(void *self)
{
    (void)self;
}

const store_kind store_null = { "null", "", 1, true, null_open, null_put, null_check, null_close };
