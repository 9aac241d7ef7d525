/* SPDX-License-Identifier: Apache-2.0
 * Folder hours: which paths have one, which, and where it begins. */
#include <criterion/criterion.h>

#include "read_hour.h"

static void expect(const char *path, const char *hour, const char *from)
{
    joist_time got, wanted = { 0 };
    size_t at = 0;
    bool found = jst_hour_find(joist_text_of(path), &at, &got);
    cr_expect_eq(found, hour != NULL, "%s", path);
    if (!hour)
        return;
    cr_expect(joist_hour_parse(joist_text_of(hour), &wanted));
    cr_expect_eq(got.ms, wanted.ms, "%s", path);
    cr_expect_str_eq(path + at, from);
}

Test(read_hour, finds_the_last_run)
{
    expect("in/2026/10/25/14/a.json", "2026-10-25T14", "2026/10/25/14/a.json");
    expect("2026/10/25/14/a.json", "2026-10-25T14", "2026/10/25/14/a.json");
    expect("2026/10/25/14/b/c/a.json", "2026-10-25T14", "2026/10/25/14/b/c/a.json");
    expect("2025/01/02/03/2026/10/25/14/a", "2026-10-25T14", "2026/10/25/14/a");
    expect("2026/10/25/14/00/a", "2026-10-25T14", "2026/10/25/14/00/a");
    expect("2024/02/29/00/a", "2024-02-29T00", "2024/02/29/00/a");
}

Test(read_hour, the_last_run_decides_even_if_it_is_no_hour)
{
    expect("2025/01/02/03/2026/13/01/00/a", NULL, NULL);
    expect("2025/01/02/03/2026/02/30/00/a", NULL, NULL);
    expect("2026/10/25/24/a", NULL, NULL);
    expect("2023/02/29/00/a", NULL, NULL);
}

Test(read_hour, other_shapes_are_none)
{
    expect("", NULL, NULL);
    expect("a", NULL, NULL);
    expect("2026/10/25/14", NULL, NULL);            /* the file's own name does not count */
    expect("2026/10/25/a.json", NULL, NULL);
    expect("x2026/10/25/14/a", NULL, NULL);
    expect("2026/10/25/14x/a", NULL, NULL);
    expect("2026/10/25/1/a", NULL, NULL);
    expect("2026-10-25T14/a.json/b", NULL, NULL);
    expect("12026/10/25/14/a", NULL, NULL);
}

static void expect_folders(const char *cwd, const char *dir, const char *wanted)
{
    joist_buffer out = { 0 };
    jst_hour_folders(joist_text_of(cwd), joist_text_of(dir), &out);
    cr_expect(joist_text_equal(joist_buffer_view(&out), joist_text_of(wanted)), "%s + %s: %.*s",
              cwd, dir,
              JOIST_ARG(joist_buffer_view(&out)));
    joist_buffer_free(&out);
}

Test(read_hour, folders_are_made_absolute_as_text)
{
    expect_folders("/home/x", "in", "home/x/in/");
    expect_folders("/home/x", "/in", "in/");
    expect_folders("/home/x", "", "home/x/");
    expect_folders("/", ".", "");
    expect_folders("/a", "./b//c/./", "a/b/c/");
    expect_folders("/a", "../2026", "a/../2026/");
    expect_folders("", "in", "in/");
}
