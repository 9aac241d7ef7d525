/* SPDX-License-Identifier: Apache-2.0
 * What can be wrong with a step that writes. */
#include "check_parts.h"

static bool can_store(const joist_connector *c) { return c->store; }
static bool can_send(const joist_connector *c) { return c->sender; }
static bool can_erase(const joist_connector *c)
{
    return c->store && c->store->offers & JOIST_STORE_ERASES;
}
static bool can_replace(const joist_connector *c)
{
    return c->store && c->store->offers & JOIST_STORE_REPLACES;
}
static bool can_log(const joist_connector *c)
{
    return c->store && c->store->offers & JOIST_STORE_LOGS;
}

static joist_status check_outbox(const jst_node *n, const joist_type *in, joist_error *e)
{
    static const struct { const char *name; joist_kind kind; } wanted[] = {
        { "status", JOIST_KIND_TEXT }, { "attempts", JOIST_KIND_INT },
        { "last_error", JOIST_KIND_TEXT }, { "created_at", JOIST_KIND_TIME },
        { "updated_at", JOIST_KIND_TIME }, { "body", JOIST_KIND_JSON },
    };
    if (n->key.count != 1 || joist_type_field(in, n->key.items[0])->kind != JOIST_KIND_TEXT)
        return REFUSE(e, n, "outbox '%.*s' needs .key = one text field", JOIST_ARG(n->name));
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        const joist_field *f = joist_type_field(in, joist_text_of(wanted[i].name));
        if (!f || f->kind != wanted[i].kind)
            return REFUSE(e, n,
                          "a record of an outbox needs a field '%s' of kind %s; '%s' has none",
                          wanted[i].name, joist_kind_name(wanted[i].kind), in->name);
    }
    return JOIST_OK;
}

static joist_status check_window(const jst_node *n, const joist_type *in, joist_error *e)
{
    if (jst_check_hours(n, e))
        return JOIST_FAILED;
    if (n->window.len && !n->window_field.len)
        return REFUSE(e, n, "'%.*s' replaces an hour and needs .window = JOIST_FIELDS(%s, …)",
                      JOIST_ARG(n->name), in->name);
    const joist_field *f = joist_type_field(in, n->window_field);
    if (n->window_field.len && (!f || f->kind != JOIST_KIND_TIME))
        return REFUSE(e, n, "the window of '%.*s' is a time field; '%.*s' is none",
                      JOIST_ARG(n->name), JOIST_ARG(n->window_field));
    return JOIST_OK;
}

static bool names_have(joist_text_list names, joist_text name)
{
    for (size_t i = 0; i < names.count; i++)
        if (joist_text_equal(names.items[i], name))
            return true;
    return false;
}

/* A table needs what its rows are found by. */
static joist_status check_without(const jst_node *n, const joist_type *in, joist_error *e)
{
    for (size_t i = 0; i < n->without.count; i++) {
        joist_text name = n->without.items[i];
        if (!joist_type_field(in, name))
            return REFUSE(e, n, "record '%s' has no field '%.*s'", in->name, JOIST_ARG(name));
        if (names_have(n->key, name) || names_have(n->by, name) || names_have(n->changes, name)
            || joist_text_equal(n->window_field, name))
            return REFUSE(e, n, "'%.*s' finds its rows by '%.*s', which .without leaves out",
                          JOIST_ARG(n->name), JOIST_ARG(name));
    }
    return JOIST_OK;
}

/* What is asked for and not every store can do; where to write is mostly said by an option. */
static joist_status check_offers(const joist_pipeline *p, const jst_node *n, joist_error *e)
{
    const struct { bool asked; jst_can_serve can; const char *what; } all[] = {
        { n->erase, can_erase, "replace groups (.groups) in" },
        { n->replace_all, can_replace, "replace all rows (.replace_all) of" },
        { n->changes.count, can_log, "keep a log of changes (.changes) in" },
    };
    const joist_connector *c = jst_connector_of(p->def, n->uri);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char known[300];
        if (!all[i].asked || all[i].can(c))
            continue;
        jst_check_schemes(p->def, all[i].can, known, sizeof known);
        return joist_fail_with(e, JOIST_USAGE, "%.*s:%d: step '%.*s' cannot %s '%.*s'; stores that"
                               " can: %s", JST_AT(n), JOIST_ARG(n->name), all[i].what,
                               JOIST_ARG(n->uri), known);
    }
    if (n->outbox && (n->replace_all || n->changes.count))
        return REFUSE(e, n, "'%.*s' is an outbox: it takes no .replace_all and no .changes",
                      JOIST_ARG(n->name));
    return JOIST_OK;
}

joist_status jst_check_write(const joist_pipeline *p, const jst_node *n, const joist_type *in,
                                joist_error *e)
{
    if (jst_check_outputs(p, n, 0, e) || jst_check_uri(p, n, n->uri, can_store, "write to", e))
        return JOIST_FAILED;
    if (jst_check_names(n, in, n->key, e) || jst_check_names(n, in, n->by, e)
        || jst_check_names(n, in, n->changes, e) || check_offers(p, n, e))
        return JOIST_FAILED;
    if (check_window(n, in, e) || check_without(n, in, e) || jst_check_separator(n, e))
        return JOIST_FAILED;
    if (n->endpoint.len && jst_check_uri(p, n, n->endpoint, can_send, "post to", e))
        return JOIST_FAILED;
    return n->outbox ? check_outbox(n, in, e) : JOIST_OK;
}
