/* SPDX-License-Identifier: Apache-2.0
 * The tutorial counts right, whatever the workers and the bundles. */
#include "wordcount.c"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char top[64] = "/tmp/joist-wordcount-XXXXXX";

static int drop(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void set_up(void)
{
    cr_assert_not_null(mkdtemp(top));
    cr_assert_eq(chdir(top), 0);
}

static void tear_down(void)
{
    nftw(top, drop, 8, FTW_DEPTH | FTW_PHYS);
}

TestSuite(wordcount, .init = set_up, .fini = tear_down);

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    fputs(text, f);
    fclose(f);
}

static void expect_file(const char *path, const char *want)
{
    char got[512] = "";
    FILE *f = fopen(path, "r");
    cr_assert_not_null(f);
    got[fread(got, 1, sizeof got - 1, f)] = '\0';
    fclose(f);
    cr_expect_str_eq(got, want);
}

static joist_status run(joist_text input, int workers, size_t bundle)
{
    options o = { .input = input, .output = JOIST_TEXT("words.ndjson") };
    joist_pipeline *p = joist_pipeline_new(&def);
    const joist_report *report;
    joist_error e;
    cr_assert_eq(joist_pipeline_check(p, &o, &e), JOIST_OK, "%s", e.message);
    joist_run_options r = { .workers = workers, .bundle_elements = bundle };
    joist_status status = joist_pipeline_run(p, &r, &report);
    joist_pipeline_free(p);
    return status;
}

Test(wordcount, counts_each_word)
{
    write_file("in.txt", "to be, or not\n\nto be: that's it\n");
    for (int workers = 1; workers <= 4; workers += 3)
        for (size_t bundle = 0; bundle < 3; bundle++) {
            cr_assert_eq(run(JOIST_TEXT("in.txt"), workers, bundle), JOIST_OK);
            expect_file("words.ndjson",
                        "{\"word\":\"be\",\"count\":2}\n{\"word\":\"it\",\"count\":1}\n"
                        "{\"word\":\"not\",\"count\":1}\n{\"word\":\"or\",\"count\":1}\n"
                        "{\"word\":\"that's\",\"count\":1}\n{\"word\":\"to\",\"count\":2}\n");
        }
}

Test(wordcount, fails_without_its_input)
{
    cr_expect_eq(run(JOIST_TEXT("nowhere.txt"), 1, 0), JOIST_FAILED);
    cr_expect_eq(access("words.ndjson", F_OK), -1);
}
