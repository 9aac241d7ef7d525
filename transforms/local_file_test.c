/* SPDX-License-Identifier: Apache-2.0
 * Tests: local_file.c */
#include "local_file.h"
#include "store_test.h"

TestSuite(local_file, .init = make_dir, .fini = drop_dir);

static void expect_parent(const char *path, const char *parent)
{
    char *got = jst_file_parent(path);
    cr_assert_str_eq(got, parent, "parent of '%s' is '%s'", path, got);
    joist_free(got);
}

Test(local_file, parents)
{
    expect_parent("a", ".");
    expect_parent("a/b", "a");
    expect_parent("a/b/", "a");
    expect_parent("a//b", "a");
    expect_parent("/a", "/");
    expect_parent("//a", "/");
    expect_parent("/", "/");
    expect_parent("./a", ".");
    expect_parent("../a", "..");
}

Test(local_file, paths)
{
    char *path = jst_file_path(JOIST_TEXT("x y"), &error);
    cr_assert_str_eq(path, "x y");
    joist_free(path);
    cr_assert_null(jst_file_path(JOIST_TEXT(""), &error));
    cr_assert_eq(error.failure, JOIST_USAGE);
    cr_assert_null(jst_file_path(JOIST_TEXT("a\0b"), &error));
    cr_assert(strstr(error.message, "NUL"));
}

Test(local_file, making_parents)
{
    test_name deep = name_in("", "a/b//c/file");
    OK(jst_file_creatable(deep.text, &error));
    cr_assert_not(file_exists(name_in("", "a").text), "looking must not make anything");
    OK(jst_file_make_parents(deep.text, &error));
    cr_assert(file_exists(name_in("", "a/b/c").text));
    cr_assert_not(file_exists(deep.text));
    OK(jst_file_make_parents(deep.text, &error));
    OK(jst_file_sync_parent(deep.text, &error));
}

Test(local_file, a_file_is_no_directory)
{
    write_file(name_in("", "f").text, "x");
    test_name below = name_in("", "f/x"), deeper = name_in("", "f/x/y");
    FAILED(jst_file_creatable(below.text, &error), JOIST_FATAL, "Not a directory");
    FAILED(jst_file_creatable(deeper.text, &error), JOIST_FATAL, "f/x");
    FAILED(jst_file_make_parents(below.text, &error), JOIST_FATAL, "/f");
    FAILED(jst_file_make_parents(deeper.text, &error), JOIST_FATAL, "/f: Not a directory");
    FAILED(jst_file_sync_parent(name_in("", "none/x").text, &error), JOIST_FATAL, "No such file");
}

Test(local_file, a_bare_name_lies_here)
{
    cr_assert_eq(chdir(test_dir), 0);
    OK(jst_file_creatable("x", &error));
    OK(jst_file_make_parents("x", &error));
    OK(jst_file_sync_parent("x", &error));
}

Test(local_file, printable)
{
    char text[] = "a\n\x1b[31m\x7f\xc3\xa4";
    cr_assert_str_eq(jst_printable(text), "a??[31m?\xc3\xa4");
}
