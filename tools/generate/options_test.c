/* SPDX-License-Identifier: Apache-2.0
 * Tests: options.c main.c (which only calls and prints) */
#include <criterion/criterion.h>

#include "options.h"

static char error[512];

static bool parse(options *o, const char *const *given)
{
    char *argv[16] = { "generate" };
    int argc = 1;
    for (; given[argc - 1]; argc++)
        argv[argc] = (char *)given[argc - 1];
    *error = '\0';
    return options_parse(o, argc, argv, error, sizeof error);
}
#define PARSE(o, ...) parse((o), (const char *const[]){ __VA_ARGS__, NULL })

Test(options, defaults_fit_the_count)
{
    options o;
    cr_assert(PARSE(&o, "--out", "x", "--count", "1000"), "%s", error);
    cr_expect(o.sites == 600 && o.files == 250 && o.dirt == 3 && o.hours == 1);
    cr_expect(o.layout == LAYOUT_HOURS && o.first_hour_ms == 1795428000000);
    cr_assert(PARSE(&o, "--out", "x", "--count", "1", "--hours", "5"));
    cr_expect(o.sites == 1 && o.files == 1 && o.hours == 1);
}

Test(options, all_are_read)
{
    options o;
    cr_assert(PARSE(&o, "--out=x", "--layout=files", "--files=9", "--seed=7",
                    "--hour=1970-01-01T01",
                    "--sites=4", "--plugins=0", "--dirt=100", "--only=gzipped", "--gzip",
                        "--collector=50",
                    "--projects=p", "--project-count=3"), "%s", error);
    cr_expect(o.layout == LAYOUT_FILES && o.files == 9 && o.seed == 7);
    cr_expect_eq(o.first_hour_ms, 3600000);
    cr_expect(o.sites == 4 && o.plugins == 0 && o.dirt == 100 && o.gzip && o.collector == 50);
    cr_expect(o.project_count == 3 && o.only == dirt_find("gzipped"));
    cr_expect_str_eq(o.projects, "p");
}

Test(options, mistakes_are_named)
{
    static const char *const mistakes[][4] = {
        { "--count", "0", "--count takes" }, { "--count", "12x", "12x" }, { "--count", "",
            "--count" },
        { "--seed", "99999999999999999999", "--seed" }, { "--dirt", "101", "0 to 100" },
        { "--hour", "2026-02-30T10", "YYYY-MM-DDTHH" }, { "--layout", "tree", "ndjson" },
        { "--only", "mud", "--list-dirt" }, { "--nonsense", NULL, "--nonsense" }, { "--out", "",
            "--out" },
        { "--count", NULL, "needs a value" }, { "word", NULL, "word" }, { "--files", "3",
            "--layout files" },
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        options o;
        const char *const *m = mistakes[i];
        bool parsed = m[1] ? PARSE(&o, "--out", "x", m[0], m[1]) : PARSE(&o, "--out", "x", m[0]);
        cr_expect(!parsed, "%s %s", m[0], m[1] ? m[1] : "");
        cr_expect(strstr(error, m[2]), "%s: %s", m[0], error);
    }
}

Test(options, layouts_exclude_what_they_cannot)
{
    options o;
    cr_expect(!PARSE(&o, "--count", "3") && strstr(error, "--out"));
    cr_expect(!PARSE(&o, "--out", "x", "--layout", "ndjson", "--events-per-file", "3"));
    cr_expect(!PARSE(&o, "--out", "x", "--layout", "ndjson", "--only", "gzipped"));
    cr_expect(PARSE(&o, "--help") && o.help);
    cr_expect(PARSE(&o, "--list-dirt") && o.list_dirt);
}

Test(options, help_and_list_name_everything)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    options_help(memory);
    options_list_dirt(memory);
    fclose(memory);
    cr_expect(strstr(text, "--events-per-file N") && strstr(text, "--list-dirt"));
    for (size_t i = 0; i < dirt_kinds_count; i++)
        cr_expect(strstr(text, dirt_kinds[i].doc), "%s", dirt_kinds[i].name);
    joist_free(text);
}
