/* SPDX-License-Identifier: Apache-2.0
 * Files that are replaced whole. */
#include "put_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64], path[96];

static void set_up(void)
{
    snprintf(dir, sizeof dir, "/tmp/joist-put-XXXXXX");
    cr_assert(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/file", dir);
}

static void tear_down(void)
{
    unlink(path);
    cr_assert_eq(rmdir(dir), 0, "no temporary file is left");
}

TestSuite(put_file, .init = set_up, .fini = tear_down);

static joist_status put(const char *where, const char *text, unsigned mode, joist_error *e)
{
    joist_buffer b = { 0 };
    joist_buffer_printf(&b, "%s", text);
    joist_status s = jst_cli_put_file(where, "the thing", &b, mode, e);
    joist_buffer_free(&b);
    return s;
}

Test(put_file, replaces_with_its_own_mode)
{
    joist_error e = { 0 };
    char text[16];
    struct stat st;
    cr_assert_eq(put(path, "one", 0644, &e), JOIST_OK, "%s", e.message);
    FILE *old = fopen(path, "r");
    cr_assert_eq(put(path, "second", 0600, &e), JOIST_OK);
    cr_expect_eq(fread(text, 1, sizeof text, old), 3, "who reads the old one reads on");
    fclose(old);
    cr_assert_eq(stat(path, &st), 0);
    cr_expect_eq(st.st_mode & 0777, 0600);
    cr_expect_eq(st.st_size, 6);
}

Test(put_file, says_what_could_not_be_written)
{
    joist_error e = { 0 };
    cr_expect_eq(put("/nonexistent/x", "a", 0644, &e), JOIST_FAILED);
    cr_expect_str_eq(e.message,
                     "cannot write the thing to /nonexistent/x: No such file or directory");
    cr_expect_eq(put(dir, "a", 0644, &e), JOIST_FAILED, "a directory stays one");
}

Test(put_file, a_device_is_written_to)
{
    joist_error e = { 0 };
    struct stat st;
    cr_expect_eq(put("/dev/null", "a", 0644, &e), JOIST_OK);
    cr_expect(stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
    cr_expect_eq(put("/dev/full", "a", 0644, &e), JOIST_FAILED);
    cr_expect(jst_cli_is_special("/dev/null") && !jst_cli_is_special(dir)
              && !jst_cli_is_special(path));
}
