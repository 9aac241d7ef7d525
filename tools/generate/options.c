/* SPDX-License-Identifier: Apache-2.0
 * See options.h. Numbers are checked whole and against their range. Tests: options_test.c */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

typedef enum value_kind { SWITCH, NUMBER, TEXT, HOUR, WORD, KIND } value_kind;

typedef struct row {
    const char *name, *argument, *help;
    value_kind kind;
    size_t offset;
    int64_t low, high;
} row;

#define AT(member) offsetof(options, member)
static const row rows[] = {
    { "out", "PATH", "folder to write to; with --layout ndjson the file (required)", TEXT, AT(out),
      0, 0 },
    { "count", "N", "events (1000)", NUMBER, AT(count), 1, 1000000000 },
    { "seed", "N", "same seed and options, same bytes (1)", NUMBER, AT(seed), 0, INT64_MAX },
    { "layout", "WORD",
      "hours: deactivate/YYYY/MM/DD/HH/, one event a file, some shared (default)\n"
      "files: the same folders, several events a file; ndjson: one file", WORD, AT(layout), 0, 0 },
    { "files", "N", "with --layout files: about so many files (a quarter of the events)",
      NUMBER, AT(files), 1, 100000000 },
    { "events-per-file", "N", "with --layout hours: events a file (1)", NUMBER,
      AT(events_per_file), 1, 1000000 },
    { "hour", "HOUR", "the first hour, UTC (2026-11-23T10)", HOUR, AT(first_hour_ms), 0, 0 },
    { "hours", "N", "spread the events over so many hours (1)", NUMBER, AT(hours), 1, 1000000 },
    { "sites", "N", "draw from so many sites (six tenths of the events)", NUMBER, AT(sites), 1,
      1000000000 },
    { "plugins", "N", "mean length of the plugin lists (28, for a mean record of 2.4 KB)",
      NUMBER, AT(plugins), 0, 500 },
    { "dirt", "PERCENT", "records with something wrong; 0: clean (3)", NUMBER, AT(dirt), 0, 100 },
    { "only", "KIND", "this kind of dirt only; see --list-dirt", KIND, AT(only), 0, 0 },
    { "projects", "FILE", "where to write the projects (projects.jsonl in, or beside, PATH)",
      TEXT, AT(projects), 0, 0 },
    { "project-count", "N", "projects (20)", NUMBER, AT(project_count), 1, 100000 },
    { "collector", "PERCENT", "records with the collector's `_collector` (100)", NUMBER,
      AT(collector), 0, 100 },
    { "gzip", NULL, "gzip the ndjson file, or every second file of the folders", SWITCH, AT(gzip),
      0, 0 },
    { "list-dirt", NULL, "print every kind of dirt and end", SWITCH, AT(list_dirt), 0, 0 },
    { "help", NULL, "print this and end", SWITCH, AT(help), 0, 0 },
};
enum { ROWS = sizeof rows / sizeof *rows };

static const struct { const char *word; layout layout; } layouts[] = {
    { "hours", LAYOUT_HOURS }, { "files", LAYOUT_FILES }, { "ndjson", LAYOUT_NDJSON } };

/* ---- one value ------------------------------------------------------------------------------- */
static bool parse_number(const row *r, const char *text, int64_t *out)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    *out = n;
    return *text && !*end && !errno && n >= r->low && n <= r->high;
}

static bool parse_layout(const char *text, layout *out)
{
    for (size_t i = 0; i < COUNT_OF(layouts); i++)
        if (!strcmp(layouts[i].word, text)) {
            *out = layouts[i].layout;
            return true;
        }
    return false;
}

static bool parse_hour(const char *text, int64_t *out)
{
    joist_time time;
    bool valid = joist_hour_parse(joist_text_of(text), &time);
    *out = time.ms;
    return valid;
}

static bool store(options *o, const row *r, const char *text)
{
    char *at = (char *)o + r->offset;
    switch (r->kind) {
    case SWITCH: *(bool *)(void *)at = true; return true;
    case NUMBER: return parse_number(r, text, (int64_t *)(void *)at);
    case TEXT:   *(const char **)(void *)at = text; return *text != '\0';
    case HOUR:   return parse_hour(text, (int64_t *)(void *)at);
    case WORD:   return parse_layout(text, (layout *)(void *)at);
    case KIND:   return (*(const dirt_kind **)(void *)at = dirt_find(text)) != NULL;
    }
    return false;
}

static bool refuse(const row *r, const char *text, char *error, size_t size)
{
    static const char *const wants[] = { "", "", "a path", "YYYY-MM-DDTHH, such as 2026-11-23T10",
                                         "hours, files or ndjson",
                                             "a name that --list-dirt prints" };
    if (r->kind == NUMBER)
        snprintf(error, size, "--%s takes a whole number from %lld to %lld, not \"%s\".", r->name,
                 (long long)r->low, (long long)r->high, text);
    else
        snprintf(error, size, "--%s takes %s, not \"%s\".", r->name, wants[r->kind], text);
    return false;
}

/* ---- all of them ----------------------------------------------------------------------------- */
static bool check(options *o, int argc, char **argv, char *error, size_t size)
{
    if (o->help || o->list_dirt)
        return true;
    if (optind < argc)
        snprintf(error, size, "\"%s\" is no option. See --help.", argv[optind]);
    else if (!o->out)
        snprintf(error, size,
                 "--out is missing: where should the events go? Try --out out/events.");
    else if (o->files && o->layout != LAYOUT_FILES)
        snprintf(error, size, "--files needs --layout files.");
    else if (o->events_per_file && o->layout != LAYOUT_HOURS)
        snprintf(error, size, "--events-per-file needs --layout hours.");
    else if (o->only && o->only->level == DIRT_FILE && o->layout == LAYOUT_NDJSON)
        snprintf(error, size, "--only %s strikes whole files, --layout ndjson has one.",
                 o->only->name);
    else
        return true;
    return false;
}

static void fill_in(options *o)
{
    if (!o->sites)
        o->sites = o->count * 6 / 10 ? o->count * 6 / 10 : 1;
    if (!o->files)
        o->files = o->count / 4 ? o->count / 4 : 1;
    if (o->hours > o->count)
        o->hours = o->count;
}

bool options_parse(options *o, int argc, char **argv, char *error, size_t size)
{
    *o = (options){ .count = 1000, .seed = 1, .hours = 1, .plugins = DEFAULT_MEAN_PLUGINS,
                    .dirt = 3,
                    .project_count = 20, .collector = 100 };
    parse_hour("2026-11-23T10", &o->first_hour_ms);
    struct option table[ROWS + 1] = { { 0 } };
    for (int i = 0; i < ROWS; i++)
        table[i] = (struct option){ rows[i].name, rows[i].argument != NULL, NULL, 0 };
    optind = 0;
    opterr = 0;
    for (int which, got; (got = getopt_long(argc, argv, ":", table, &which)) != -1; ) {
        if (got == ':' || got == '?') {
            snprintf(error, size,
                     got == ':' ? "%s needs a value. See --help." : "%s is no option. See --help.",
                     argv[optind - 1]);
            return false;
        }
        if (!store(o, &rows[which], optarg))
            return refuse(&rows[which], optarg, error, size);
    }
    if (!check(o, argc, argv, error, size))
        return false;
    fill_in(o);
    return true;
}

/* ---- printing -------------------------------------------------------------------------------- */
void options_help(FILE *to)
{
    fputs("Usage: generate --out PATH [OPTION]…\n\nWrites made-up deactivation events, clean and "
          "dirty ones, "
          "and the projects they belong to.\n\n", to);
    for (const row *r = rows; r < rows + ROWS; r++) {
        int width = fprintf(to, "  --%s%s%s", r->name, r->argument ? " " : "",
                            r->argument ? r->argument : "");
        for (const char *line = r->help; line; ) {
            const char *end = strchr(line, '\n');
            fprintf(to, "%*s%.*s\n", 28 - width, "", end ? (int)(end - line) : (int)strlen(line),
                    line);
            line = end ? end + 1 : NULL;
            width = 0;
        }
    }
    fputs("\nExit codes: 0 done, 1 could not write, 2 usage.\n"
          "Example: generate --out out/events --count 10000 --hours 24\n", to);
}

void options_list_dirt(FILE *to)
{
    static const char *const where[] = { "value", "text", "file" };
    for (size_t i = 0; i < dirt_kinds_count; i++)
        fprintf(to, "%-20s %-6s %s\n", dirt_kinds[i].name, where[dirt_kinds[i].level],
                dirt_kinds[i].doc);
}
