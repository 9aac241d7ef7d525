/* SPDX-License-Identifier: Apache-2.0
 * The program behind tools/sim: seeds one after another, and for each that fails the one command
 * that plays it again. What the simulated runs print goes nowhere. */
#include "sim.h"

#include "joist/text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct settings {
    uint64_t first, seeds;
    sim_bug bug;
    bool trace;
    FILE *out;
} settings;

static const char usage[] =
    "usage: tools/sim [--seeds N] [--first SEED] [--seed SEED] [--trace] [--bug NAME]\n\n"
    "  --seeds N      so many seeds, one after another (200)\n"
    "  --first SEED   from this one on (1)\n"
    "  --seed SEED    this one alone\n"
    "  --trace        prints every step\n"
    "  --bug NAME     plants a bug in the simulated world, to see that it is found:\n";

static int explain(FILE *out, int code)
{
    fputs(usage, out);
    for (int i = 0; i < SIM_BUGS; i++)
        fprintf(out, "                   %-8s%s\n", sim_bugs[i].name, sim_bugs[i].what);
    return code;
}

static bool number_of(const char *word, uint64_t *out)
{
    char *end;
    *out = word && *word >= '0' && *word <= '9' ? strtoull(word, &end, 10) : 0;
    return word && *word >= '0' && *word <= '9' && !*end;
}

static bool bug_of(const char *word, sim_bug *out)
{
    for (int i = 0; word && i < SIM_BUGS; i++)
        if (strcmp(word, sim_bugs[i].name) == 0) {
            *out = (sim_bug)i;
            return true;
        }
    return false;
}

/* How many words the option at argv is; 0: it is none. */
static int take_option(settings *s, char **argv)
{
    if (strcmp(argv[0], "--trace") == 0) {
        s->trace = true;
        return 1;
    }
    if (strcmp(argv[0], "--seeds") == 0)
        return number_of(argv[1], &s->seeds) ? 2 : 0;
    if (strcmp(argv[0], "--first") == 0)
        return number_of(argv[1], &s->first) ? 2 : 0;
    if (strcmp(argv[0], "--bug") == 0)
        return bug_of(argv[1], &s->bug) ? 2 : 0;
    if (strcmp(argv[0], "--seed") == 0) {
        s->seeds = 1;
        return number_of(argv[1], &s->first) ? 2 : 0;
    }
    return 0;
}

/* Stdout and stderr are where the command line prints; ours is a copy of the first. A trace has its
 * errors among the steps. */
static FILE *take_output(bool trace)
{
    int kept = dup(1), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    FILE *out = kept >= 0 ? fdopen(kept, "w") : NULL;
    if (!out || nowhere < 0 || dup2(trace ? kept : nowhere, 2) < 0 || dup2(nowhere, 1) < 0)
        return NULL;
    if (trace)
        setvbuf(out, NULL, _IOLBF, BUFSIZ);
    return out;
}

static void tell_failure(const settings *s, uint64_t seed)
{
    fprintf(s->out, "seed %llu: %s\n    tools/sim --seed %llu --trace%s%s\n",
            (unsigned long long)seed, sim.why, (unsigned long long)seed, s->bug ? " --bug " : "",
            s->bug ? sim_bugs[s->bug].name : "");
    fflush(s->out);
}

static int run_seeds(const settings *s)
{
    uint64_t failed = 0;
    for (uint64_t i = 0; i < s->seeds; i++)
        if (!sim_scenario(s->first + i, s->bug, s->trace ? s->out : NULL)) {
            tell_failure(s, s->first + i);
            failed++;
        }
    fprintf(s->out, "%llu seeds, %llu failed\n", (unsigned long long)s->seeds,
            (unsigned long long)failed);
    return fclose(s->out) == 0 && !failed ? 0 : 1;
}

int main(int argc, char **argv)
{
    settings s = { .first = 1, .seeds = 200 };
    for (int i = 1; i < argc;) {
        if (strcmp(argv[i], "--help") == 0)
            return explain(stdout, 0);
        int words = take_option(&s, argv + i);
        if (!words)
            return explain(stderr, 2);
        i += words;
    }
    s.out = take_output(s.trace);
    return s.out ? run_seeds(&s) : 1;
}
