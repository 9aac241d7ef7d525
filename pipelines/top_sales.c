/* SPDX-License-Identifier: Apache-2.0
 * The n largest sales of each shop, and the n largest of all.
 *
 *     build/top_sales run --input sales/ --n 3 --output sqlite:out/top.db */
#include <joist.h>

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED, .help = "sales: a file or a directory")               \
    F(T, int64_t, n, 0, .fallback = "3", .help = "how many of each")                              \
    F(T, joist_text, output, 0, .fallback = "sqlite:out/top.db", .help = "the largest sales")
JOIST_RECORD(options, OPTIONS);

#define SALE(F, T)                                                                                \
    F(T, joist_text, id, JOIST_REQUIRED) F(T, joist_text, shop, JOIST_REQUIRED)                   \
    F(T, int64_t, cents, 0)
JOIST_RECORD(sale, SALE);

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    sale_coll sales = joist_read(sale, p, .uri = o->input);
    sale_coll of_shops = joist_top(sale, sales, o->n, .by = JOIST_FIELDS(sale, cents),
                                   .key = JOIST_FIELDS(sale, shop));
    joist_write(of_shops, .uri = o->output, .table = JOIST_TEXT("of_shops"),
                .key = JOIST_FIELDS(sale, id));
    sale_coll of_all = joist_top(sale, of_shops, o->n, .by = JOIST_FIELDS(sale, cents));
    joist_write(of_all, .uri = o->output, .table = JOIST_TEXT("of_all"),
                .key = JOIST_FIELDS(sale, id));
}

static const joist_pipeline_def def = {
    .name = "top_sales", .about = "The largest sales of each shop and of all.",
    .options = &options_type, .build = build_any,
};

int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
