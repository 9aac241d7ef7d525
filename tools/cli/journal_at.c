/* SPDX-License-Identifier: Apache-2.0
 * A store's connector is found by its scheme, the program's own first. */
#include "journal_at.h"

#include "lease.h"

static const joist_connector *in_table(const joist_connector *const *table, joist_text scheme)
{
    for (; table && *table; table++)
        for (size_t i = 0; i < 4 && (*table)->schemes[i]; i++)
            if (joist_text_equal(scheme, joist_text_of((*table)->schemes[i])))
                return *table;
    return NULL;
}

joist_status jst_cli_journal_open(const joist_pipeline_def *def, joist_text uri,
                                  joist_text pipeline, bool create, joist_env *env,
                                  joist_journal **out, bool *kept, joist_error *e)
{
    joist_text scheme = joist_uri_scheme(uri);
    const joist_connector *c = def ? in_table(def->connectors, scheme) : NULL;
    if (!c)
        c = in_table(joist_connectors, scheme);
    joist_status status = JOIST_OK;
    int attempt = 0;
    *out = NULL;
    *kept = c && c->journal;
    if (*kept)
        do
            status = c->journal->open(uri, pipeline, create, env, out, e);
        while (jst_cli_again(env, status, attempt++));
    return jst_cli_give_up(status, "the journal", e);
}

joist_status jst_cli_journal_list(joist_journal *j, joist_text since, joist_text until,
                                  joist_env *env, joist_arena *arena,
                                  joist_journal_entry **entries, size_t *count, joist_error *e)
{
    joist_status status;
    int attempt = 0;
    do
        status = j->ops->list(j, since, until, arena, entries, count, e);
    while (jst_cli_again(env, status, attempt++));
    return jst_cli_give_up(status, "the journal", e);
}
