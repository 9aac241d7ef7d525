/* SPDX-License-Identifier: Apache-2.0
 * What the tests of these rules share: JSON in, JSON and warnings out. */
#ifndef DEACTIVATE_RULES_TEST_H
#define DEACTIVATE_RULES_TEST_H

#include <criterion/criterion.h>
#include <joist.h>

JOIST_INLINE joist_json json(const char *text)
{
    return (joist_json){ text, text ? strlen(text) : 0 };
}

/* `want` NULL: the value must be NULL. */
JOIST_INLINE void expect_json(joist_json got, const char *want)
{
    joist_text t = { got.ptr, got.len };
    if (want)
        cr_expect(joist_text_equal(t, joist_text_of(want)), "%.*s, not %s", JOIST_ARG(t), want);
    else
        cr_expect_null(got.ptr);
}

JOIST_INLINE void expect_text(joist_text got, const char *want)
{
    expect_json((joist_json){ got.ptr, got.len }, want);
}

/* All warnings, sorted, with a blank between them. */
JOIST_INLINE void expect_warnings(joist_warnings *w, const char *want)
{
    joist_buffer all = joist_buffer_in(w->arena, 256);
    joist_text_list list = joist_warnings_sorted(w, 100);
    for (size_t i = 0; i < list.count; i++) {
        joist_buffer_text(&all, i ? JOIST_TEXT(" ") : JOIST_TEXT(""));
        joist_buffer_text(&all, list.items[i]);
    }
    expect_text(joist_buffer_view(&all), want);
}

#endif
