/* SPDX-License-Identifier: Apache-2.0
 * Of many reports about one thing only the newest counts: the price of each article in each shop.
 * The store keeps it so, too: a run over an old file replaces no newer price.
 *
 *     build/newest_price run --input reports/ --output sqlite:out/prices.db */
#include <joist.h>

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED, .help = "reports: a file or a directory")             \
    F(T, joist_text, output, 0, .fallback = "sqlite:out/prices.db", .help = "the newest prices")
JOIST_RECORD(options, OPTIONS);

#define PRICE(F, T)                                                                               \
    F(T, joist_text, shop, JOIST_REQUIRED) F(T, joist_text, article, JOIST_REQUIRED)              \
    F(T, joist_int, cents, JOIST_REQUIRED)                                                        \
    F(T, joist_time, seen_at, JOIST_REQUIRED, .from = "seen")
JOIST_RECORD(price, PRICE);

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    price_coll reports = joist_read(price, p, .uri = o->input);
    price_coll newest = joist_latest(price, reports, .key = JOIST_FIELDS(price, shop, article),
                                     .by = JOIST_FIELDS(price, seen_at));
    joist_write(newest, .uri = o->output, .key = JOIST_FIELDS(price, shop, article),
                .by = JOIST_FIELDS(price, seen_at));
}

static const joist_pipeline_def def = {
    .name = "newest_price", .about = "The newest price of each article in each shop.",
    .options = &options_type, .build = build_any,
};

int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
