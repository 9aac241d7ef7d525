/* SPDX-License-Identifier: Apache-2.0
 * The rule by which leases are granted: one place for every store that keeps a journal. */
#include "joist/connector.h"

JOIST_RECORD_DEFINE(joist_journal_entry, JOIST_JOURNAL_ENTRY);

static bool is_free(const joist_journal_entry *stored, const joist_lease_request *want)
{
    bool expired = !stored->lease_until.set || stored->lease_until.ms <= want->now_ms;
    return !stored->holder.len || expired || joist_text_equal(stored->holder, want->holder);
}

/* Stores remember the greatest number that committed, and may outlive the journal: one that begins
 * anew begins above them. */
static int64_t next_number(int64_t stored, int64_t now_ms)
{
    int64_t seconds = now_ms / 1000;
    return stored + 1 > seconds ? stored + 1 : seconds;
}

bool joist_lease_grant(const joist_journal_entry *stored, const joist_lease_request *want,
                       joist_journal_entry *out)
{
    *out = stored ? *stored : (joist_journal_entry){ .window = want->window };
    if (stored && !is_free(stored, want))
        return false;
    out->number = next_number(out->number, want->now_ms);
    out->holder = want->holder;
    out->lease_until = JOIST_TIME_MS(want->until_ms);
    return true;
}
