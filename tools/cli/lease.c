/* SPDX-License-Identifier: Apache-2.0
 * A lease is only a promise by clocks: it keeps two runs from doing the same work. That no harm
 * comes of it when it is broken is the stores' fence (joist_store_ops.open). */
#include "lease.h"

enum { MOST_ATTEMPTS = 6 };

bool jst_cli_again(joist_env *env, joist_status status, int attempt)
{
    if (status != JOIST_RETRY || attempt >= MOST_ATTEMPTS || env->stopping(env))
        return false;
    env->sleep_ms(env, (int64_t)(100 << attempt) + (int64_t)(env->random(env) % 100));
    return true;
}

joist_status jst_cli_give_up(joist_status status, const char *what, joist_error *e)
{
    if (status != JOIST_RETRY)
        return status;
    e->failure = JOIST_TEMPORARY;
    if (!e->message[0])
        joist_fail_with(e, JOIST_TEMPORARY, "%s does not answer", what);
    return JOIST_FAILED;
}

/* ---- take ------------------------------------------------------------------------------------ */
static joist_status take_once(jst_cli_lease *l, joist_text window, joist_error *e)
{
    joist_status status;
    int attempt = 0;
    do {
        int64_t now = l->env->now_ms(l->env);
        joist_lease_request want = { window, l->holder, now, now + l->length_ms };
        l->renewed_ms = now;
        status = l->journal->ops->take(l->journal, &want, l->arena, &l->entry, e);
    } while (jst_cli_again(l->env, status, attempt++));
    return jst_cli_give_up(status, "the journal", e);
}

static joist_status put_retried(jst_cli_lease *l, const joist_journal_entry *entry, joist_error *e)
{
    joist_status status;
    int attempt = 0;
    do
        status = l->journal->ops->put(l->journal, entry, e);
    while (jst_cli_again(l->env, status, attempt++));
    return jst_cli_give_up(status, "the journal", e);
}

/* In the name of a holder that is gone, and so tells nothing more: its number, unchanged, says that
 * the entry is still the one that was looked at. */
static joist_status return_for_the_dead(jst_cli_lease *l, joist_error *e)
{
    joist_journal_entry entry = l->entry;
    entry.holder = JOIST_NO_TEXT;
    return put_retried(l, &entry, e);
}

/* Between the answer and the look at its holder, that may have told how its run ended, and given
 * the lease back, which leaves the number as it is: what counts is what the dead have left. */
joist_status jst_cli_lease_take(jst_cli_lease *l, joist_text window, joist_error *e)
{
    joist_status status = take_once(l, window, e);
    if (status != JOIST_REJECTED || !l->gone || !l->gone(l->entry.holder))
        return status;
    int64_t number = l->entry.number;
    status = take_once(l, window, e);
    if (status != JOIST_REJECTED || l->entry.number != number)
        return status;
    status = return_for_the_dead(l, e);
    return status == JOIST_FAILED ? status : take_once(l, window, e);
}

/* ---- put ------------------------------------------------------------------------------------- */
static joist_status lost(const jst_cli_lease *l, joist_error *e)
{
    return joist_fail_with(e, JOIST_TEMPORARY, "the lease of window %.*s (number %lld) was lost:"
                           " it expired and another run took it", JOIST_ARG(l->entry.window),
                           (long long)l->entry.number);
}

joist_status jst_cli_lease_put(jst_cli_lease *l, joist_error *e)
{
    int64_t now = l->env->now_ms(l->env);
    l->entry.lease_until = JOIST_TIME_MS(now + l->length_ms);
    joist_status status = put_retried(l, &l->entry, e);
    if (status == JOIST_OK)
        l->renewed_ms = now;
    return status == JOIST_REJECTED ? lost(l, e) : status;
}

/* A clock that jumped back renews, too: the lease it promised is far in the future. */
void jst_cli_lease_keep(jst_cli_lease *l)
{
    joist_error e = { 0 };
    int64_t passed = l->env->now_ms(l->env) - l->renewed_ms;
    if (passed < 0 || passed >= l->length_ms / 3)
        jst_cli_lease_put(l, &e);
}

joist_status jst_cli_lease_release(jst_cli_lease *l, joist_error *e)
{
    l->entry.holder = JOIST_NO_TEXT;
    l->entry.lease_until = (joist_time){ 0 };
    joist_status status = put_retried(l, &l->entry, e);
    return status == JOIST_REJECTED ? lost(l, e) : status;
}
