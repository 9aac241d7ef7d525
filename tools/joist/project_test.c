/* SPDX-License-Identifier: Apache-2.0
 * Names, and what they become in sources. Whole projects: tests/install/new_test.sh. */
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

Test(project, only_the_name_of_the_program_is_renamed)
{
    expect_renamed("", "");
    expect_renamed(".name = \"count\", .table = \"count\"",
                   ".name = \"my-sum\", .table = \"count\"");
    expect_renamed("#include \"count/x.h\"\n#include \"count.h\"",
                   "#include \"my-sum/x.h\"\n#include \"count.h\"");
    expect_renamed("build/count run, build/count", "build/my-sum run, build/my-sum");
    expect_renamed("build/counts build/count_2 .name = \"counts\"",
                   "build/counts build/count_2 .name = \"counts\"");
    expect_renamed("{\"pipeline\":\"count\",\"site\":\"count.c\",\"code\":\"count\"}",
                   "{\"pipeline\":\"my-sum\",\"site\":\"my-sum.c\",\"code\":\"count\"}");
    expect_renamed("count = count(count); /* count */", "count = count(count); /* count */");
    expect_renamed("build/coun", "build/coun");
}
