/* SPDX-License-Identifier: Apache-2.0
 * Names, and what they become in sources. Whole projects: tests/e2e/new_test.sh. */
#include "project.h"

#include <criterion/criterion.h>

static joist_arena *a;
static void begin(void) { a = joist_arena_new(); }
static void end(void) { joist_arena_free(a); }
TestSuite(project, .init = begin, .fini = end);

Test(project, names)
{
    static const char *const good[] = { "a", "my-words", "x2_y", "z-" };
    static const char *const bad[] = {
        "", "-a", "2a", "_a", "A", "my words", "a/b", "a.c", "ä", "..", "a\n",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        cr_assert(project_name_valid(joist_text_of(good[i])), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_assert(!project_name_valid(joist_text_of(bad[i])), "%s", bad[i]);
}

static void expect_renamed(const char *text, const char *want)
{
    joist_text got = project_rename(a, joist_text_of(text), JOIST_TEXT("count"),
                                    JOIST_TEXT("my-sum"));
    cr_assert_str_eq(got.ptr, want);
    cr_assert_eq(got.len, strlen(want));
}

Test(project, only_whole_words_are_renamed)
{
    expect_renamed("", "");
    expect_renamed("count", "my-sum");
    expect_renamed("\"count\" count/x.h count.c", "\"my-sum\" my-sum/x.h my-sum.c");
    expect_renamed("counts discount count_2 Count COUNT", "counts discount count_2 Count COUNT");
    expect_renamed("xcount count", "xcount my-sum");
    expect_renamed("coun", "coun");
}
