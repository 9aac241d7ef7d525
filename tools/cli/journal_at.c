/* SPDX-License-Identifier: Apache-2.0
 * A store's connector is found by its scheme, the program's own first. */
#include "journal_at.h"

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
    *out = NULL;
    *kept = c && c->journal;
    return *kept ? c->journal->open(uri, pipeline, create, env, out, e) : JOIST_OK;
}
