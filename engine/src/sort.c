/* SPDX-License-Identifier: Apache-2.0
 * Sorting a share: by partition, then key, stable. Keys of one run share long heads (an hour, a
 * UUIDv7's time), so the eight bytes behind the longest common head decide nearly everything: a
 * radix sort over those (least significant digit first, digits that are all alike skipped), then a
 * merge sort of the few groups that are still alike. */
#include "combine.h"

typedef struct item { uint64_t head; jst_entry *entry; } item;

/* Entries lie in memory in the order they are looked at, too far apart for processors to guess. */
static void fetch_ahead(jst_entry *const *entries, size_t i, size_t count)
{
    enum { AHEAD = 12 };
    if (i + AHEAD < count)
        __builtin_prefetch(entries[i + AHEAD]);
}

/* Eight key bytes behind `skip`, big endian, zero-filled. */
static uint64_t head_of(const jst_entry *e, size_t skip)
{
    uint64_t head = 0;
    size_t n = e->key_len > skip ? e->key_len - skip : 0;
    for (size_t i = 0; i < 8; i++)
        head = head << 8 | (i < n ? (unsigned char)e->bytes[skip + i] : 0);
    return head;
}

static size_t common_head(jst_entry *const *entries, size_t count)
{
    size_t len = count ? entries[0]->key_len : 0;
    for (size_t i = 1; i < count && len; i++) {
        fetch_ahead(entries, i, count);
        size_t n = entries[i]->key_len < len ? entries[i]->key_len : len, k = 0;
        while (k < n && entries[i]->bytes[k] == entries[0]->bytes[k])
            k++;
        len = k;
    }
    return len;
}

static void radix_pass(const item *from, item *to, size_t count, int shift, const size_t *histogram)
{
    size_t at[256], sum = 0;
    for (int d = 0; d < 256; d++) {
        at[d] = sum;
        sum += histogram[d];
    }
    for (size_t i = 0; i < count; i++)
        to[at[(from[i].head >> shift) & 255]++] = from[i];
}

/* Returns whichever of the two arrays holds the result. */
static item *radix_sort(item *items, item *other, size_t count)
{
    for (int shift = 0; shift < 64; shift += 8) {
        size_t histogram[256] = { 0 };
        for (size_t i = 0; i < count; i++)
            histogram[(items[i].head >> shift) & 255]++;
        if (histogram[(items[0].head >> shift) & 255] == count)
            continue;
        radix_pass(items, other, count, shift, histogram);
        item *swap = items;
        items = other;
        other = swap;
    }
    return items;
}

static void merge_halves(item *items, item *other, size_t half, size_t count)
{
    size_t a = 0, b = half;
    for (size_t i = 0; i < count; i++) {
        bool left = b == count
            || (a < half && jst_entry_compare(items[a].entry, items[b].entry) <= 0);
        other[i] = left ? items[a++] : items[b++];
    }
    memcpy(items, other, count * sizeof *items);
}

static void merge_sort(item *items, item *other, size_t count)
{
    for (size_t width = 1; width < count; width *= 2)
        for (size_t i = 0; i + width < count; i += 2 * width) {
            size_t n = count - i < 2 * width ? count - i : 2 * width;
            merge_halves(items + i, other, width, n);
        }
}

static void sort_groups(item *items, item *other, size_t count)
{
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && items[end].head == items[i].head; end++)
            ;
        if (end - i > 1)
            merge_sort(items + i, other, end - i);
    }
}

static void sort_entries(jst_entry **entries, size_t count)
{
    if (count < 2)
        return;
    item *items = joist_malloc(count * sizeof *items), *other = joist_malloc(count * sizeof *other);
    size_t skip = common_head(entries, count);
    for (size_t i = 0; i < count; i++) {
        fetch_ahead(entries, i, count);
        items[i] = (item){ head_of(entries[i], skip), entries[i] };
    }
    item *sorted = radix_sort(items, other, count);
    sort_groups(sorted, sorted == items ? other : items, count);
    for (size_t i = 0; i < count; i++)
        entries[i] = sorted[i].entry;
    joist_free(items);
    joist_free(other);
}

/* Counting sort by partition; within one, entries keep the order in which they arrived. */
static void deal_out(jst_share *share, size_t partitions)
{
    const jst_table *t = &share->table;
    size_t counts[JST_PARTITIONS + 1] = { 0 };
    for (size_t i = 0; i < t->count; i++)
        counts[jst_hash_partition(t->items[i].hash, partitions) + 1]++;
    for (size_t p = 0; p < JST_PARTITIONS; p++)
        counts[p + 1] += counts[p];
    memcpy(share->sorted_at, counts, sizeof counts);
    for (size_t i = 0; i < t->count; i++)
        share->sorted[counts[jst_hash_partition(t->items[i].hash, partitions)]++] =
            t->items[i].entry;
}

void jst_shuffle_seal(jst_shuffle *s, size_t worker)
{
    jst_share *share = &s->shares[worker];
    if (share->sorted)
        return;
    if (s->plan->reduce == JST_REDUCE_COMBINE)
        jst_combine_freeze(s->plan, share, s->shares[worker].arena);
    share->count = share->table.count;
    share->sorted = joist_malloc((share->count + 1) * sizeof *share->sorted);
    deal_out(share, s->partitions);
    jst_table_clear(&share->table);
    for (size_t p = 0; p < s->partitions; p++)
        sort_entries(share->sorted + share->sorted_at[p],
                     share->sorted_at[p + 1] - share->sorted_at[p]);
}
