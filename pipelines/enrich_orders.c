/* SPDX-License-Identifier: Apache-2.0
 * Enrichment: each order gets its article's name and price from a price list (a side input looked
 * up by key), and the discount of its quantity (a side input gone through as a list).
 *
 *     build/enrich_orders run --input orders.jsonl --prices prices.jsonl */
#include <joist.h>

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED, .help = "orders")                                     \
    F(T, joist_text, prices, JOIST_REQUIRED, .help = "the price list")                            \
    F(T, joist_text, output, 0, .fallback = "sqlite:out/lines.db", .help = "what is to be paid")
JOIST_RECORD(options, OPTIONS);

#define ORDER(F, T)                                                                               \
    F(T, joist_text, id, JOIST_REQUIRED) F(T, joist_text, article, JOIST_REQUIRED)                \
    F(T, int64_t, quantity, 0)
JOIST_RECORD(order, ORDER);

#define PRICE(F, T)                                                                               \
    F(T, joist_text, article, JOIST_REQUIRED) F(T, joist_text, name, 0) F(T, int64_t, cents, 0)
JOIST_RECORD(price, PRICE);

#define DISCOUNT(F, T) F(T, int64_t, from_quantity, 0) F(T, int64_t, percent, 0)
JOIST_RECORD(discount, DISCOUNT);

#define ORDER_LINE(F, T)                                                                          \
    F(T, joist_text, order_id, 0) F(T, joist_text, name, 0) F(T, int64_t, quantity, 0)            \
    F(T, int64_t, percent, 0, .help = "the discount") F(T, int64_t, cents, 0, .help = "to pay")
JOIST_RECORD(order_line, ORDER_LINE);

#define ADD_PRICE(IN, OUT, SIDE, CFG, STATE)                                                      \
    IN(order) OUT(order_line, lines) OUT(order, unknown)                                          \
    SIDE(price, prices) SIDE(discount_all, discounts)
JOIST_DOFN(add_price, ADD_PRICE);
static joist_status add_price_process(const add_price_call *v, const order *o)
{
    const price *found = price_get(v->side.prices, o->article);
    discount_list discounts = discount_all(v->side.discounts);
    int64_t percent = 0;
    if (!found)
        return order_emit(v->out.unknown, *o);
    for (size_t i = 0; i < discounts.count; i++)
        if (o->quantity >= discounts.items[i].from_quantity)
            percent = discounts.items[i].percent;
    return order_line_emit(v->out.lines, (order_line){
        .order_id = o->id, .name = found->name, .quantity = o->quantity, .percent = percent,
        .cents = o->quantity * found->cents * (100 - percent) / 100 });
}

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    order_coll orders = joist_read(order, p, .uri = o->input);
    price_coll prices = joist_read(price, p, .uri = o->prices);
    discount_coll discounts = joist_create(discount, p, { 10, 5 }, { 100, 20 });
    add_price_result priced = JOIST_APPLY(add_price, orders,
                                          .side.prices = joist_map_by(price, prices, article),
                                          .side.discounts = joist_list_of(discount, discounts));
    joist_write(priced.lines, .uri = o->output, .key = JOIST_FIELDS(order_line, order_id));
    joist_write(priced.unknown, .uri = o->output, .table = JOIST_TEXT("unknown"),
                .key = JOIST_FIELDS(order, id));
}

static const joist_dofn *const dofns[] = { &add_price_dofn, NULL };

static const joist_pipeline_def def = {
    .name = "enrich_orders", .about = "Orders with name, price and discount.",
    .options = &options_type, .dofns = dofns, .build = build_any,
};

int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
