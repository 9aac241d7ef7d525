/* SPDX-License-Identifier: Apache-2.0
 * The options of one call: records of fields, filled from flags, environment, a config file,
 * defaults. */
#ifndef JST_CLI_OPTIONS_H
#define JST_CLI_OPTIONS_H

#include "joist/record.h"

/* Where a value came from; a greater one wins. */
typedef enum jst_cli_source {
    JST_CLI_UNSET = 0, JST_CLI_DEFAULT, JST_CLI_CONFIG, JST_CLI_ENVIRONMENT, JST_CLI_FLAG
} jst_cli_source;

typedef struct jst_cli_option {
    const joist_field *field;
    const char *group;          /* heading in help: "pipeline", "runner" */
    void *record;               /* the field's struct, zeroed until jst_cli_options_resolve */
    joist_text name;            /* the field's with '-' for '_' */
    const char *variable;       /* JOIST_NAME */
    jst_cli_source source;
    joist_text value;           /* as given */
    joist_text where;           /* "flag", "environment JOIST_X", "joist.conf:3", "default" */
} jst_cli_option;

enum { JST_CLI_OPTIONS = 128, JST_CLI_WORDS = 256 };

typedef struct jst_cli_options {
    joist_arena *arena;         /* values live as long as it */
    const char *command;        /* "build/deactivate run", for hints */
    jst_cli_option items[JST_CLI_OPTIONS];
    size_t count;
    joist_text words[JST_CLI_WORDS];    /* arguments that are no flags */
    size_t words_count;
    bool help;                  /* --help or -h was among the flags */
} jst_cli_options;

jst_cli_options *jst_cli_options_new(joist_arena *arena, const char *command);

/* Takes the fields of `type` (NULL: none) as options. Returns their record, NULL with a message if
 * an option of that name is there already or there are too many. */
void *jst_cli_options_add(jst_cli_options *o, const joist_type *type, const char *group,
                          joist_error *e);

/* By field name or flag name; NULL: no such option. */
jst_cli_option *jst_cli_options_find(jst_cli_options *o, joist_text name);

/* 'i' if it may be written -i; 0: no letter. */
char jst_cli_option_letter(const jst_cli_option *option);

/* The sources, in any order. An unknown name fails with the nearest known one as hint. */
joist_status jst_cli_options_flags(jst_cli_options *o, int argc, char *const *argv, joist_error *e);
void jst_cli_options_environment(jst_cli_options *o);      /* an empty variable is an unset one */
joist_status jst_cli_options_config(jst_cli_options *o, joist_text path, joist_error *e);
joist_status jst_cli_options_config_text(jst_cli_options *o, joist_text text, joist_text path,
                                         joist_error *e);

/* Sets every field from the source that wins. */
joist_status jst_cli_options_resolve(jst_cli_options *o, joist_error *e);

/* All of the above in order: flags, environment, the file --config names, resolve. Stops early,
 * with JOIST_OK, after flags that ask for help. */
joist_status jst_cli_options_load(jst_cli_options *o, int argc, char *const *argv, joist_error *e);

/* Fails if a JOIST_REQUIRED option has no value. */
joist_status jst_cli_options_required(const jst_cli_options *o, joist_error *e);

/* For sources: gives a value, unless a stronger source already did. */
void jst_cli_option_offer(jst_cli_option *option, jst_cli_source source, joist_text value,
                          joist_text where);

/* Fails with "--name: 'value' is not EXPECTED (WHERE)"; passwords and secrets masked. */
joist_status jst_cli_option_refuse(const jst_cli_options *o, const jst_cli_option *option,
                                   const char *expected, joist_error *e);

/* Fails with "PREFIXunknown option --name" and the nearest name or the help command as hint. */
joist_status jst_cli_options_unknown(const jst_cli_options *o, const char *prefix, joist_text name,
                                     joist_error *e);

/* The value as it may be shown: secrets and passwords as ***, no control characters. */
joist_text jst_cli_option_shown(const jst_cli_options *o, const jst_cli_option *option);

/* `t` with the values of secret options in it as ***: for texts a pipeline made from options. */
joist_text jst_cli_options_hide(const jst_cli_options *o, joist_text t);

/* The candidate nearest to `name`, NULL if none is near enough to have been meant. */
const char *jst_cli_nearest(joist_text name, const char *const *candidates, size_t count);

#endif
