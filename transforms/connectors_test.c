/* SPDX-License-Identifier: Apache-2.0
 * Tests: connectors.c */
#include <criterion/criterion.h>
#include <joist.h>
#include <stdio.h>

static const joist_connector *serving(const char *scheme)
{
    const joist_connector *found = NULL;
    for (size_t i = 0; joist_connectors[i]; i++)
        for (size_t k = 0; k < 4 && joist_connectors[i]->schemes[k]; k++)
            if (strcmp(joist_connectors[i]->schemes[k], scheme) == 0) {
                cr_assert_null(found, "'%s' is served twice", scheme);
                found = joist_connectors[i];
            }
    return found;
}

Test(connectors, every_scheme_can_what_the_manual_says)
{
    static const struct { const char *scheme; bool source, store, sender; } table[] = {
        { "", true, true, false }, { "file", true, true, false }, { "sqlite", true, true, false },
        { "http", false, false, true }, { "https", false, false, true },
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const joist_connector *c = serving(table[i].scheme);
        cr_assert_not_null(c, "nobody serves '%s'", table[i].scheme);
        cr_assert_eq(c->source != NULL, table[i].source);
        cr_assert_eq(c->store != NULL, table[i].store);
        cr_assert_eq(c->sender != NULL, table[i].sender);
    }
    cr_assert_null(serving("ftp"));
}

Test(connectors, the_table_is_well_formed)
{
    for (size_t i = 0; joist_connectors[i]; i++) {
        const joist_connector *c = joist_connectors[i];
        cr_assert_eq(c->version, (uint32_t)JOIST_CONNECTOR_VERSION);
        cr_assert(c->name && c->help && c->schemes[0]);
        for (size_t k = 0; k < 4 && c->schemes[k]; k++) {
            char uri[32];
            snprintf(uri, sizeof uri, "%s:x", c->schemes[k]);
            joist_text scheme = joist_uri_scheme(joist_text_of(uri));
            cr_assert(joist_text_equal(scheme, joist_text_of(c->schemes[k])), "'%s'",
                      c->schemes[k]);
        }
    }
}
