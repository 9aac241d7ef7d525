/* SPDX-License-Identifier: Apache-2.0
 * The tables' schemas, and the one way in which rows are added up. */
#include "tables.h"

JOIST_RECORD_DEFINE(hourly, HOURLY);
JOIST_RECORD_DEFINE(daily_reason, DAILY_REASON);
JOIST_RECORD_DEFINE(daily_dim, DAILY_DIM);
JOIST_RECORD_DEFINE(daily_reason_version, DAILY_REASON_VERSION);
JOIST_RECORD_DEFINE(overview_daily, OVERVIEW_DAILY);
JOIST_RECORD_DEFINE(day_total, DAY_TOTAL);
JOIST_RECORD_DEFINE(sums, SUMS);

void add_sums(sums *a, const sums *b)
{
    a->events += b->events;
    a->sites += b->sites;
    a->with_comment += b->with_comment;
    a->local_events += b->local_events;
}
