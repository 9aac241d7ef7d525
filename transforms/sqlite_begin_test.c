/* SPDX-License-Identifier: Apache-2.0
 * Groups that are replaced, tables that are emptied.
 *
 * Tests: sqlite_begin.c */
#include "sqlite_test.h"

#define TOTAL(F, T)                                                                               \
    F(T, joist_text, project) F(T, joist_time, day) F(T, joist_text, name) F(T, int64_t, n)
JOIST_RECORD(total, TOTAL);

TestSuite(sqlite_begin, .init = make_dir, .fini = drop_dir);

#define T(literal) { "" literal, sizeof(literal) - 1 }
#define DAY(n) { (n) * INT64_C(86400000), true }

/* What a joist_write with .groups makes: first what erases, then the table. */
typedef struct two_specs { joist_table_spec of[2]; } two_specs;

static two_specs specs(void)
{
    return (two_specs){ {
        { .table = T("totals"), .type = &total_type, .erase = true,
          .key = JOIST_FIELDS(total, project, day).fields },
        { .table = T("totals"), .type = &total_type,
          .key = JOIST_FIELDS(total, project, day, name).fields },
    } };
}

static const total before[] = {
    { T("a"), DAY(1), T("x"), 1 }, { T("a"), DAY(1), T("y"), 2 }, { T("a"), DAY(2), T("x"), 3 },
    { T("b"), DAY(1), T("x"), 4 },
};

static void put(const two_specs *two, size_t at, const total *rows, size_t count)
{
    joist_store *s = opened(name_in("sqlite:", "x.db").text, two->of, 2);
    size_t row = 0;
    OK(s->ops->write(s, at, &(joist_rows){ rows, count, sizeof *rows, NULL }, &row, &error));
    commit_and_close(s);
}

#define EXPECT_TOTALS(answer)                                                                     \
    EXPECT(name_in("", "x.db").text, "SELECT project, substr(day, 9, 2), name, n FROM totals"     \
           " ORDER BY 1, 2, 3", answer)

Test(sqlite_begin, groups_go_before_rows_come)
{
    two_specs two = specs();
    put(&two, 1, before, 4);
    joist_store *s = opened(name_in("sqlite:", "x.db").text, two.of, 2);
    OK(WRITE(s, 0, ((total[]){ { .project = T("a"), .day = DAY(1), .name = T("no matter") },
                               { .project = T("c"), .day = DAY(1) } })));
    OK(WRITE(s, 1, ((total[]){ { T("a"), DAY(1), T("z"), 9 }, { T("a"), DAY(2), T("x"), 8 } })));
    commit_and_close(s);
    EXPECT_TOTALS("a|02|z|9\na|03|x|8\nb|02|x|4");
}

Test(sqlite_begin, a_group_nobody_writes_into_vanishes)
{
    two_specs two = specs();
    put(&two, 1, before, 4);
    put(&two, 0, (total[]){ { .project = T("a"), .day = DAY(1) } }, 1);
    EXPECT_TOTALS("a|03|x|3\nb|02|x|4");
}

Test(sqlite_begin, erasing_needs_no_table_and_no_file)
{
    two_specs two = specs();
    put(&two, 0, (total[]){ { .project = T("a"), .day = DAY(1) } }, 1);
    EXPECT_TOTALS("");
}

Test(sqlite_begin, without_a_commit_all_groups_stay)
{
    two_specs two = specs();
    put(&two, 1, before, 4);
    joist_store *s = opened(name_in("sqlite:", "x.db").text, two.of, 2);
    OK(WRITE(s, 0, ((total[]){ { .project = T("a"), .day = DAY(1) } })));
    OK(s->ops->prepare(s, &error));
    s->ops->close(s);
    EXPECT_TOTALS("a|02|x|1\na|02|y|2\na|03|x|3\nb|02|x|4");
}

/* Fields of a group may be NULL where they are not in the table's key. */
Test(sqlite_begin, null_is_a_value_of_a_group)
{
    two_specs two = specs();
    two.of[1].key = JOIST_FIELDS(total, name).fields;
    put(&two, 1, (total[]){ { .project = T("a"), .name = T("x") }, { .name = T("y") },
                            { .day = DAY(1), .name = T("z") } }, 3);
    put(&two, 0, (total[]){ { .n = 7 } }, 1);
    EXPECT(name_in("", "x.db").text, "SELECT name FROM totals ORDER BY 1", "x\nz");
}

Test(sqlite_begin, groups_by_the_first_fields_of_the_key_are_found_by_its_index)
{
    two_specs two = specs();
    joist_buffer sql = { 0 };
    put(&two, 1, before, 4);
    joist_buffer_printf(&sql, "EXPLAIN QUERY PLAN ");
    jst_sqlite_erase_sql(&two.of[0], &sql);
    joist_buffer_byte(&sql, '\0');
    test_name plan = ask(name_in("", "x.db").text, sql.ptr);
    joist_buffer_free(&sql);
    cr_assert(strstr(plan.text, "SEARCH totals USING INDEX"), "%s", plan.text);
    cr_assert(strstr(plan.text, "(project=? AND day=?)"), "%s", plan.text);
}

Test(sqlite_begin, a_table_is_replaced_whole)
{
    two_specs two = specs();
    put(&two, 1, before, 4);
    two.of[1].replace_all = true;
    put(&two, 1, (total[]){ { T("c"), DAY(1), T("x"), 1 } }, 1);
    EXPECT_TOTALS("c|02|x|1");
    commit_and_close(opened(name_in("sqlite:", "x.db").text, two.of, 2));
    EXPECT_TOTALS("");
}

Test(sqlite_begin, nothing_to_replace_makes_no_file)
{
    two_specs two = specs();
    two.of[1].replace_all = true;
    commit_and_close(opened(name_in("sqlite:", "x.db").text, two.of, 2));
    cr_assert_not(file_exists(name_in("", "x.db").text));
}
