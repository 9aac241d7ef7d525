/* SPDX-License-Identifier: Apache-2.0
 * What an example says of itself. */
#include "examples.h"

#include <criterion/criterion.h>

static void expect_about(const char *source, const char *want)
{
    joist_arena *a = joist_arena_new();
    cr_assert_str_eq(examples_about(a, joist_text_of(source)).ptr, want);
    joist_arena_free(a);
}

Test(examples, the_first_sentence_of_the_head_comment)
{
    expect_about("/* SPDX\n * Counts words. More.\n */\n", "Counts words.");
    expect_about("/* SPDX\n * Counts the words\n * of a.b/c files.\n *\n * x",
                 "Counts the words of a.b/c files.");
    expect_about("/* SPDX\n * No end */\nint main", "No end.");
    expect_about("/* SPDX", ".");
}
