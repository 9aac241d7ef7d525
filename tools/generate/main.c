/* SPDX-License-Identifier: Apache-2.0
 * build/generate: made-up deactivation events for tests, demonstrations and measurements. */
/* Tests: the options in options_test.c, the run in generate_test.c; only printing is here. */
#include "generate.h"

static int run(const options *o)
{
    summary s = { 0 };
    if (!generate(o, &s)) {
        fprintf(stderr, "generate: %s\n", s.error);
        return 1;
    }
    fprintf(stderr, "%llu events (%llu dirty), %llu files, %llu bytes in %s\n",
            (unsigned long long)s.events, (unsigned long long)s.dirty, (unsigned long long)s.files,
            (unsigned long long)s.bytes, o->out);
    return 0;
}

int main(int argc, char **argv)
{
    options o;
    char error[512];
    if (!options_parse(&o, argc, argv, error, sizeof error)) {
        fprintf(stderr, "generate: %s\n", error);
        return 2;
    }
    if (!o.help && !o.list_dirt)
        return run(&o);
    if (o.help)
        options_help(stdout);
    else
        options_list_dirt(stdout);
    return fflush(stdout) || ferror(stdout) ? 1 : 0;
}
