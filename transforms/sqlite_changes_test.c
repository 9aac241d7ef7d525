/* SPDX-License-Identifier: Apache-2.0
 * The log of changes, by hand and against a model of what a commit changes.
 *
 * Tests: sqlite_changes.c */
#include "sqlite_test.h"

#define VISIT(F, T)                                                                               \
    F(T, joist_text, id, JOIST_REQUIRED) F(T, joist_time, hour) F(T, joist_text, project)         \
    F(T, joist_time, at) F(T, joist_int, version)
JOIST_RECORD(visit, VISIT);

TestSuite(sqlite_changes, .init = make_dir, .fini = drop_dir);

#define T(literal) { "" literal, sizeof(literal) - 1 }
#define HOUR INT64_C(3600000)
#define AT(day, hour) { ((day) * INT64_C(24) + (hour)) * HOUR, true }

static joist_table_spec upserted(void)
{
    return (joist_table_spec){ .table = T("visits"), .type = &visit_type,
        .key = JOIST_FIELDS(visit, id).fields, .by = JOIST_FIELDS(visit, version).fields,
        .changes = JOIST_FIELDS(visit, project, at).fields };
}

static void put(const joist_table_spec *spec, const visit *rows, size_t count)
{
    joist_store *s = opened(name_in("sqlite:", "x.db").text, spec, 1);
    size_t row = 0;
    OK(s->ops->write(s, 0, &(joist_rows){ rows, count, sizeof *rows, NULL }, &row, &error));
    commit_and_close(s);
}

#define LOG "SELECT seq, project, day FROM visits_changes ORDER BY seq"
#define EXPECT_LOG(answer) EXPECT(name_in("", "x.db").text, LOG, answer)

Test(sqlite_changes, every_group_is_there_once_and_last_where_it_changed_last)
{
    joist_table_spec spec = upserted();
    put(&spec, (visit[]){ { .id = T("1"), .project = T("a"), .at = AT(0, 1) },
                          { .id = T("2"), .project = T("a"), .at = AT(0, 23) },
                          { .id = T("3"), .project = T("b"), .at = AT(0, 1) },
                          { .id = T("4"), .project = T("a"), .at = AT(-1, 0) } }, 4);
    EXPECT_LOG("1|a|1970-01-01\n2|b|1970-01-01\n3|a|1969-12-31");
    put(&spec, (visit[]){ { .id = T("5"), .project = T("a"), .at = AT(0, 5) } }, 1);
    EXPECT_LOG("2|b|1970-01-01\n3|a|1969-12-31\n4|a|1970-01-01");
}

Test(sqlite_changes, an_upsert_changes_the_old_group_and_the_new)
{
    joist_table_spec spec = upserted();
    put(&spec, (visit[]){ { .id = T("1"), .project = T("a"), .at = AT(0, 1),
                            .version = JOIST_INT(5) } }, 1);
    put(&spec, (visit[]){ { .id = T("1"), .project = T("b"), .at = AT(2, 1),
                            .version = JOIST_INT(5) } }, 1);
    EXPECT_LOG("2|a|1970-01-01\n3|b|1970-01-03");
    put(&spec, (visit[]){ { .id = T("1"), .project = T("c"), .at = AT(3, 1),
                            .version = JOIST_INT(4) } }, 1);
    EXPECT_LOG("2|a|1970-01-01\n3|b|1970-01-03");       /* the stored row is newer and stayed */
}

Test(sqlite_changes, a_replaced_window_changes_what_was_in_it)
{
    joist_table_spec spec = upserted();
    spec.by = (joist_fields){ 0 };
    spec.key = JOIST_FIELDS(visit, hour, id).fields;
    spec.window = JOIST_FIELDS(visit, hour).fields;
    put(&spec, (visit[]){ { .id = T("1"), .hour = AT(0, 0), .project = T("a"), .at = AT(0, 0) },
                          { .id = T("2"), .hour = AT(0, 1), .project = T("b"), .at = AT(0, 1) } },
        2);
    spec.hour = JOIST_TEXT("1970-01-01T00");
    put(&spec, (visit[]){ { .id = T("3"), .hour = AT(0, 0), .project = T("c"), .at = AT(0, 0) } },
        1);
    EXPECT_LOG("2|b|1970-01-01\n3|a|1970-01-01\n4|c|1970-01-01");
    commit_and_close(opened(name_in("sqlite:", "x.db").text, &spec, 1));
    EXPECT_LOG("2|b|1970-01-01\n3|a|1970-01-01\n5|c|1970-01-01");
}

Test(sqlite_changes, null_is_a_value_of_a_group_and_there_once)
{
    joist_table_spec spec = upserted();
    for (int i = 0; i < 3; i++)
        put(&spec, (visit[]){ { .id = T("1") }, { .id = T("2"), .project = T("") } }, 2);
    EXPECT_LOG("5|null|null\n6||null");
}

Test(sqlite_changes, two_times_are_two_days)
{
    joist_table_spec spec = upserted();
    spec.changes = JOIST_FIELDS(visit, at, hour, version).fields;
    put(&spec, (visit[]){ { .id = T("1"), .at = AT(0, 1), .hour = AT(1, 0),
                            .version = JOIST_INT(7) } }, 1);
    EXPECT(name_in("", "x.db").text, "SELECT seq, at_day, hour_day, version FROM visits_changes",
           "1|1970-01-01|1970-01-02|7");
}

Test(sqlite_changes, without_a_commit_nothing_changed)
{
    joist_table_spec spec = upserted();
    joist_store *s = opened(name_in("sqlite:", "x.db").text, &spec, 1);
    OK(WRITE(s, 0, ((visit[]){ { .id = T("1") } })));
    OK(s->ops->prepare(s, &error));
    s->ops->close(s);
    EXPECT(name_in("", "x.db").text, "SELECT count(*) FROM sqlite_schema", "0");
}

Test(sqlite_changes, a_second_transaction_of_one_store_logs_too)
{
    joist_table_spec spec = upserted();
    joist_store *s = opened(name_in("sqlite:", "x.db").text, &spec, 1);
    for (int i = 0; i < 2; i++) {
        OK(WRITE(s, 0, ((visit[]){ { .id = T("1"), .project = { i ? "b" : "a", 1 } } })));
        OK(s->ops->prepare(s, &error));
        OK(s->ops->commit(s, &error));
    }
    s->ops->close(s);
    EXPECT_LOG("2|a|null\n3|b|null");
}

Test(sqlite_changes, an_impossible_log_is_told_before_anything_is_written)
{
    joist_table_spec spec = upserted(), both[] = { spec, spec };
    joist_store *s;
    test_name path = name_in("", "x.db");
    both[1].table = JOIST_TEXT("visits_changes");
    both[1].changes = (joist_fields){ 0 };
    FAILED(open_store(name_in("sqlite:", "x.db").text, both, 2, &s), JOIST_USAGE,
           "already exists");
    cr_assert_not(file_exists(path.text));
    run_sql(path.text, "CREATE TABLE visits_changes (seq INTEGER PRIMARY KEY, day TEXT)");
    FAILED(open_store(name_in("sqlite:", "x.db").text, &spec, 1, &s), JOIST_FATAL,
           "column 2 is \"day\" TEXT in the database, \"project\" TEXT in the record");
}

Test(sqlite_changes, changed_days_are_found_by_an_index)
{
    joist_table_spec spec = upserted();
    test_name path = name_in("", "x.db");
    put(&spec, (visit[]){ { .id = T("1") } }, 1);
    test_name plan = ask(path.text, "EXPLAIN QUERY PLAN SELECT * FROM visits WHERE at >= '1970'"
                                    " AND at < '1971'");
    cr_assert(strstr(plan.text, "visits_by_at"), "%s", plan.text);
    spec.changes = spec.key = JOIST_FIELDS(visit, hour, id).fields;
    spec.table = JOIST_TEXT("others");
    put(&spec, (visit[]){ { .id = T("1"), .hour = AT(0, 0) } }, 1);
    EXPECT(path.text, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'others_by_%'", "0");
}

/* ---- more groups than are held in memory ----------------------------------------------------- */
Test(sqlite_changes, any_number_of_groups)
{
    enum { MANY = 40000 };
    static visit rows[MANY];
    static char ids[MANY][8];
    joist_table_spec spec = upserted();
    for (size_t i = 0; i < MANY; i++) {
        snprintf(ids[i], sizeof ids[i], "%05zu", i);
        rows[i] = (visit){ .id = { ids[i], 5 }, .project = { ids[i], 5 }, .version = JOIST_INT(1) };
    }
    put(&spec, rows, MANY);
    EXPECT(name_in("", "x.db").text, "SELECT count(*), min(project), max(project), max(seq)"
           " FROM visits_changes", "40000|00000|39999|40000");
    spec.replace_all = true;
    put(&spec, rows, 1);        /* one DELETE tells them all */
    EXPECT(name_in("", "x.db").text, "SELECT count(*), min(project), max(project)"
           " FROM visits_changes WHERE seq > 40000", "40000|00000|39999");
}

/* ---- against a model ------------------------------------------------------------------------- */
enum { IDS = 6, GROUPS = 4, STEPS = 300 };

typedef struct model_row { bool there; int group, version; } model_row;
typedef struct model { model_row rows[IDS]; bool changed[GROUPS]; } model;

static uint64_t dice = 88172645463325252u;
static int roll(int sides)
{
    dice ^= dice << 13, dice ^= dice >> 7, dice ^= dice << 17;
    return (int)(dice % (uint64_t)sides);
}

static const joist_text names[] = { T("0"), T("1"), T("2"), T("3"), T("4"), T("5") };

static void model_remove(model *m, int id)
{
    if (m->rows[id].there)
        m->changed[m->rows[id].group] = true;
    m->rows[id].there = false;
}

static void model_put(model *m, int id, int group, int version)
{
    model_row *r = &m->rows[id];
    if (r->there && r->version > version)
        return;
    model_remove(m, id);
    m->changed[group] = true;
    *r = (model_row){ true, group, version };
}

/* Some groups are emptied, or the whole table, and some rows come. False: no commit follows. */
static bool random_commit(model *m)
{
    bool commits = roll(5);
    memset(m->changed, 0, sizeof m->changed);
    joist_table_spec two[] = { upserted(), upserted() };
    two[0].erase = true;
    two[0].key = two[0].changes;
    two[0].changes = (joist_fields){ 0 };
    two[1].replace_all = roll(10) == 0;
    joist_store *s = opened(name_in("sqlite:", "x.db").text, two, 2);
    for (int id = 0; id < IDS && two[1].replace_all; id++)
        model_remove(m, id);
    for (int g = 0; g < GROUPS; g++) {
        if (roll(4))
            continue;
        OK(WRITE(s, 0, ((visit[]){ { .project = names[g % 2], .at = AT(g / 2, 0) } })));
        for (int id = 0; id < IDS; id++)
            if (m->rows[id].group == g)
                model_remove(m, id);
    }
    for (int id = roll(IDS); id < IDS; id += 1 + roll(3)) {
        int g = roll(GROUPS), version = roll(4);
        OK(WRITE(s, 1, ((visit[]){ { .id = names[id], .project = names[g % 2], .at = AT(g / 2, 0),
                                     .version = JOIST_INT(version) } })));
        model_put(m, id, g, version);
    }
    OK(s->ops->prepare(s, &error));
    if (commits)
        OK(s->ops->commit(s, &error));
    s->ops->close(s);
    return commits;
}

/* The rows, and the groups that are behind `seen` in the log. */
static void expect_model(const model *m, const char *seen)
{
    joist_buffer want = { 0 }, log = { 0 };
    char sql[700];
    for (int id = 0; id < IDS; id++)
        if (m->rows[id].there)
            joist_buffer_printf(&want, "%s%d|%d|%d", want.len ? "\n" : "", id, m->rows[id].group,
                                m->rows[id].version);
    for (int g = 0; g < GROUPS; g++)
        if (m->changed[g])
            joist_buffer_printf(&log, "%s%d", log.len ? "\n" : "", g);
    joist_buffer_byte(&want, '\0');
    joist_buffer_byte(&log, '\0');
    EXPECT(name_in("", "x.db").text,
           "SELECT id, project + 2 * (substr(at, 10, 1) - 1), version FROM visits ORDER BY 1",
           want.ptr);
    snprintf(sql, sizeof sql, "SELECT project + 2 * (substr(day, 10, 1) - 1) FROM visits_changes"
             " WHERE seq > %s ORDER BY 1", seen);
    EXPECT(name_in("", "x.db").text, sql, log.ptr);
    joist_buffer_free(&want);
    joist_buffer_free(&log);
}

Test(sqlite_changes, random_commits_log_what_they_change_and_nothing_else)
{
    model m = { 0 };
    joist_table_spec spec = upserted();
    put(&spec, (visit[]){ { .id = T("0"), .project = T("0"), .at = AT(0, 0),
                            .version = JOIST_INT(0) } }, 1);
    model_put(&m, 0, 0, 0);
    for (int i = 0; i < STEPS; i++) {
        model after = m;
        test_name last = ask(name_in("", "x.db").text, "SELECT max(seq) FROM visits_changes");
        memset(m.changed, 0, sizeof m.changed);
        if (random_commit(&after))
            m = after;
        expect_model(&m, last.text);
    }
    EXPECT(name_in("", "x.db").text, "SELECT count(*) = count(DISTINCT project || day)"
           " FROM visits_changes", "1");
}
