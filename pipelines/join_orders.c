/* SPDX-License-Identifier: Apache-2.0
 * Two files joined: orders that have a customer become invoices (an inner join); orders without a
 * customer and customers without an order are told (an outer join).
 *
 *     build/join_orders run --input orders.jsonl --customers customers.jsonl */
#include <joist.h>

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED, .help = "orders")                                     \
    F(T, joist_text, customers, JOIST_REQUIRED, .help = "customers")                              \
    F(T, joist_text, output, 0, .fallback = "sqlite:out/orders.db", .help = "invoices and gaps")
JOIST_RECORD(options, OPTIONS);

#define ORDER(F, T)                                                                               \
    F(T, joist_text, id, JOIST_REQUIRED) F(T, joist_text, customer, 0) F(T, int64_t, cents, 0)
JOIST_RECORD(order, ORDER);

#define CUSTOMER(F, T) F(T, joist_text, id, JOIST_REQUIRED) F(T, joist_text, name, 0)
JOIST_RECORD(customer, CUSTOMER);

#define INVOICE(F, T)                                                                             \
    F(T, joist_text, order_id, 0) F(T, joist_text, name, 0) F(T, int64_t, cents, 0)
JOIST_RECORD(invoice, INVOICE);

#define GAP(F, T) F(T, joist_text, what, 0) F(T, joist_text, id, 0)
JOIST_RECORD(gap, GAP);

/* A record with a `left` order and a `right` customer. */
JOIST_PAIR(placed, order, customer);

JOIST_MAP(to_invoice, placed, invoice);
static invoice to_invoice_map(const placed *both)
{
    return (invoice){ both->left.id, both->right.name, both->left.cents };
}

JOIST_FLAT_MAP(find_gaps, placed, gap);
static void find_gaps_flat_map(const placed *both, gap_out out)
{
    if (!both->has_right)
        gap_emit(out, (gap){ JOIST_TEXT("order without customer"), both->left.id });
    if (!both->has_left)
        gap_emit(out, (gap){ JOIST_TEXT("customer without order"), both->right.id });
}

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    order_coll orders = joist_read(order, p, .uri = o->input);
    customer_coll customers = joist_read(customer, p, .uri = o->customers);

    placed_coll inner = joist_join(placed, orders, customers, .left = JOIST_FIELDS(order, customer),
                                   .right = JOIST_FIELDS(customer, id));
    joist_write(JOIST_APPLY(to_invoice, inner), .uri = o->output,
                .key = JOIST_FIELDS(invoice, order_id));

    placed_coll outer = joist_join(placed, orders, customers, .left = JOIST_FIELDS(order, customer),
                                   .right = JOIST_FIELDS(customer, id), .how = JOIST_FULL_JOIN);
    joist_write(JOIST_APPLY(find_gaps, outer), .uri = o->output,
                .key = JOIST_FIELDS(gap, what, id));
}

static const joist_dofn *const dofns[] = { &to_invoice_dofn, &find_gaps_dofn, NULL };

static const joist_pipeline_def def = {
    .name = "join_orders", .about = "Orders with their customers, and what fits nowhere.",
    .options = &options_type, .dofns = dofns, .build = build_any,
};

int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
