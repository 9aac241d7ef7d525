/* SPDX-License-Identifier: Apache-2.0
 * joist_approx_count_distinct: about how many different values of one field there are per value of
 * another; joist_approx_count_distinct_globally: of all elements. A key needs 2^precision bytes,
 * and the standard error is 1.04 / 2^(precision / 2).
 *
 * HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007): hashes are dealt to registers by their
 * first bits, and each keeps the most zeroes that the rest of one began with. Read by the estimator
 * of Ertl (2017), which needs no correction for small or large counts. Few hashes are kept as they
 * are, and then counted exactly. Whether they still are depends on how many there are, never on
 * their order.
 *
 *     in   {"shop":"a","tag":"x"}
 *     in   {"shop":"a","tag":"y"}
 *     in   {"shop":"a","tag":"x"}
 *     run  joist_approx_count_distinct(sale, sales, shop, tag, .precision = 14)
 *     out  {"key":"a","count":2} */
#include "combine_parts.h"
#include "pile.h"

#include <math.h>

JOIST_RECORD_DEFINE(joist_approx_config, JOIST_APPROX_CONFIG);

enum { DEFAULT_PRECISION = 12, LEAST_PRECISION = 4, MOST_PRECISION = 18, HASH_BITS = 64,
       MOST_RANKS = HASH_BITS - LEAST_PRECISION + 2, SPARSE = 8 };

#define HASH(F, T) F(T, int64_t, bits, 0)
JOIST_RECORD(hash, HASH);
#define APPROX_ACC(F, T)                                                                          \
    F(T, hash_list, hashes, 0, JOIST_LIST_OF(hash)) F(T, int64_t, cap, 0)                         \
    F(T, joist_bytes, registers, 0)
JOIST_RECORD(approx_acc, APPROX_ACC);

typedef struct plan { const joist_field *field; int precision; size_t registers; } plan;

static const void *prepare(const joist_type *type, const joist_fields *key, const void *config,
                           joist_arena *arena, joist_error *e)
{
    const joist_approx_config *c = config;
    plan *p = joist_arena_zalloc(arena, sizeof *p);
    (void)key;
    p->field = jst_scalar_field(type, c->value, "joist_approx_count_distinct", e);
    if (!p->field)
        return NULL;
    if (c->precision >= LEAST_PRECISION && c->precision <= MOST_PRECISION) {
        p->precision = (int)c->precision;
        p->registers = (size_t)1 << c->precision;
        return p;
    }
    joist_fail_with(e, JOIST_GRAPH, ".precision of joist_approx_count_distinct is %d to %d",
                    LEAST_PRECISION, MOST_PRECISION);
    return NULL;
}

/* ---- registers ------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    int64_t x = ((const hash *)a)->bits, y = ((const hash *)b)->bits;
    return (x > y) - (x < y);
}

static bool fold(void *a, const void *b, const void *context)
{
    (void)context;
    return compare(a, b) == 0;
}

static const jst_pile_kind hashes = { sizeof(hash), compare, fold };

static void note(const plan *p, char *registers, uint64_t bits)
{
    size_t at = (size_t)(bits >> (HASH_BITS - p->precision));
    uint64_t rest = bits << p->precision;
    int rank = rest ? __builtin_clzll(rest) + 1 : HASH_BITS - p->precision + 1;
    if (registers[at] < rank)
        registers[at] = (char)rank;
}

/* More than an eighth of the registers' bytes: they are cheaper. */
static bool is_many(const plan *p, size_t count)
{
    return count > p->registers / SPARSE;
}

static void use_registers(const plan *p, approx_acc *a, joist_arena *arena)
{
    char *registers = joist_arena_zalloc(arena, p->registers);
    if (a->registers.ptr)
        memcpy(registers, a->registers.ptr, p->registers);
    for (size_t i = 0; i < a->hashes.count; i++)
        note(p, registers, (uint64_t)a->hashes.items[i].bits);
    a->registers = (joist_bytes){ registers, p->registers };
    a->hashes = (hash_list){ NULL, 0 };
    a->cap = 0;
}

/* Among those that are piled up there may be doubles, so they are counted first. */
static void use_registers_if_many(const plan *p, approx_acc *a, joist_arena *arena)
{
    if (!is_many(p, a->hashes.count))
        return;
    if (a->registers.ptr || is_many(p, jst_pile_sorted(&hashes, &a->hashes, NULL, arena).count))
        use_registers(p, a, arena);
}

static void add(const joist_combine_call *c, void *acc, const void *element)
{
    const plan *p = c->prepared;
    const joist_fields one = { 1, { p->field->offset } };
    approx_acc *a = acc;
    if (joist_field_is_null(p->field, element))
        return;
    c->scratch->len = 0;
    joist_key_encode(c->type, &one, element, c->scratch);
    const hash h = { (int64_t)jst_hash_text(joist_buffer_view(c->scratch), 0) };
    if (a->registers.ptr) {
        note(p, (char *)a->registers.ptr, (uint64_t)h.bits);
        return;
    }
    bool full = (int64_t)a->hashes.count == a->cap;
    if (full)
        use_registers_if_many(p, a, c->arena);
    if (a->registers.ptr)
        note(p, (char *)a->registers.ptr, (uint64_t)h.bits);
    else
        jst_pile_add(&hashes, &a->hashes, &a->cap, &h, NULL, c->arena);
}

static void take_registers(const plan *p, approx_acc *a, joist_bytes other)
{
    char *mine = (char *)a->registers.ptr;
    for (size_t i = 0; i < p->registers; i++)
        if (mine[i] < other.ptr[i])
            mine[i] = other.ptr[i];
}

static void merge(const joist_combine_call *c, void *acc, const void *other)
{
    const plan *p = c->prepared;
    approx_acc *a = acc;
    const approx_acc *b = other;
    jst_pile_merge(&hashes, &a->hashes, &a->cap, &b->hashes, NULL, c->arena);
    if (a->registers.ptr || b->registers.ptr || is_many(p, a->hashes.count))
        use_registers(p, a, c->arena);
    if (b->registers.ptr)
        take_registers(p, a, b->registers);
}

/* ---- the estimate ---------------------------------------------------------------------------- */

/* Series of Ertl's paper for registers that were never, or cannot be more than, filled. */
static double sigma(double x)
{
    double sum = x, factor = 1, before = -1;
    if (x == 1)
        return INFINITY;
    while (sum != before) {
        x *= x;
        before = sum;
        sum += x * factor;
        factor += factor;
    }
    return sum;
}

static double tau(double x)
{
    double rest = 1 - x, factor = 1, before = -1;
    if (x == 0 || x == 1)
        return 0;
    while (rest != before) {
        x = sqrt(x);
        before = rest;
        factor /= 2;
        rest -= (1 - x) * (1 - x) * factor;
    }
    return rest / 3;
}

static int64_t estimate(const plan *p, const char *registers)
{
    int ranks = HASH_BITS - p->precision;
    double with[MOST_RANKS] = { 0 }, m = (double)p->registers;
    for (size_t i = 0; i < p->registers; i++)
        with[(int)registers[i]]++;
    double z = m * tau(1 - with[ranks + 1] / m);
    for (int k = ranks; k >= 1; k--)
        z = (z + with[k]) / 2;
    z += m * sigma(with[0] / m);
    return (int64_t)llround(m / (2 * log(2)) * m / z);
}

static joist_status extract(const joist_combine_call *c, const void *acc, const void *key)
{
    const plan *p = c->prepared;
    approx_acc a = *(const approx_acc *)acc;
    joist_tally_out out = { c->port };
    use_registers_if_many(p, &a, c->arena);
    int64_t count = a.registers.ptr
        ? estimate(p, a.registers.ptr)
        : (int64_t)jst_pile_sorted(&hashes, &a.hashes, NULL, c->arena).count;
    return joist_tally_emit(out, (joist_tally){ joist_key_text(c, key), count });
}

const joist_combine joist_approx_count_distinct_combine = {
    .name = "joist_approx_count_distinct", .acc = &approx_acc_type, .out = &joist_tally_type,
    .config = &joist_approx_config_type, .prepare = prepare, .add = add, .merge = merge,
    .extract = extract,
};

joist_coll joist_approx_count_distinct_(joist_coll in, joist_fields key, joist_text value,
                                        const joist_approx_options *o)
{
    const joist_approx_config config = { value, o->precision ? o->precision : DEFAULT_PRECISION };
    return joist_combine_(&(joist_combine_args){ .in = in,
                                                 .fn = &joist_approx_count_distinct_combine,
                                                 .out = &joist_tally_type, .key = key,
                                                 .config = &config, .name = o->name,
                                                 .site = o->site_ });
}
