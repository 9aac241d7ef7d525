/* SPDX-License-Identifier: Apache-2.0
 * Adding up. */
#include "tables.h"

#include <criterion/criterion.h>

Test(tables, sums_add_up_member_by_member)
{
    sums a = { 1, 20, 300, 4000 };
    add_sums(&a, &(sums){ 5, 6, 7, 8 });
    cr_expect(a.events == 6 && a.sites == 26 && a.with_comment == 307 && a.local_events == 4008);
}

/* What is written has the names of the specification's columns. */
Test(tables, columns)
{
    static const struct { const joist_type *type; const char *last; size_t count; } tables[] = {
        { &hourly_type, "local_events", 6 }, { &daily_reason_type, "scope", 6 },
        { &daily_dim_type, "sites", 6 }, { &daily_reason_version_type, "events", 5 },
        { &overview_daily_type, "top_reason", 6 },
    };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        const joist_type *t = tables[i].type;
        cr_expect_eq(t->count, tables[i].count, "%s", t->name);
        cr_expect_str_eq(t->fields[t->count - 1].name, tables[i].last);
        cr_expect_str_eq(t->fields[0].name, "project_id");
    }
}
