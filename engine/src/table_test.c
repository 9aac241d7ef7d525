/* SPDX-License-Identifier: Apache-2.0
 * The table of entries against an array, with hashes that are good, that collide in half, and that
 * are all the same. */
#include "table.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { KEYS = 3000 };

static joist_arena *arena;
static jst_entry *entries[KEYS];

static void set_up(void)
{
    arena = joist_arena_new();
    for (size_t i = 0; i < KEYS; i++) {
        char key[16];
        int len = snprintf(key, sizeof key, "%zu", i);
        entries[i] = joist_arena_zalloc(arena, sizeof(jst_entry) + sizeof key);
        entries[i]->key_len = (uint32_t)len;
        memcpy(entries[i]->bytes, key, sizeof key);
    }
}

static void tear_down(void) { joist_arena_free(arena); }
TestSuite(table, .init = set_up, .fini = tear_down);

static uint64_t good(size_t i) { return (i + 1) * 0x9e3779b97f4a7c15u; }
static uint64_t same_tag(size_t i) { return i | UINT64_C(7) << 32; }
static uint64_t same_slot(size_t i) { return (uint64_t)i << 32; }
static uint64_t constant(size_t i) { (void)i; return 42; }

/* Every key twice, found again where it was put, in the order of arrival. */
static void holds(uint64_t (*hash)(size_t), size_t count)
{
    jst_table t = { 0 };
    for (size_t round = 0; round < 2; round++)
        for (size_t i = 0; i < count; i++) {
            jst_item *item = jst_table_item(&t, hash(i), jst_entry_key(entries[i]));
            cr_assert_eq(item->entry, round ? entries[i] : NULL);
            item->entry = entries[i];
        }
    cr_assert_eq(t.count, count);
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(t.items[i].entry, entries[i]);
    cr_expect_geq(jst_table_bytes(&t), count * (sizeof(jst_item) + sizeof(uint64_t)));
    cr_expect_leq(jst_table_bytes(&t), 4096 + count * 64);
    jst_table_clear(&t);
    cr_expect_eq(jst_table_bytes(&t), 0);
}

Test(table, finds_what_it_was_given)
{
    holds(good, 0);
    holds(good, KEYS);
    holds(same_tag, KEYS);
    holds(same_slot, 300);
    holds(constant, 300);
}

/* A guess is a number of an item that has the tag; whether it is the key's is another question. */
Test(table, guesses_what_it_will_find)
{
    jst_table t = { 0 };
    cr_expect_eq(jst_table_likely(&t, good(0)), 0);
    for (size_t i = 0; i < KEYS; i++)
        jst_table_item(&t, i % 2 ? good(i) : constant(i), jst_entry_key(entries[i]))->entry =
            entries[i];
    for (size_t i = 0; i < KEYS; i++) {
        size_t n = jst_table_likely(&t, i % 2 ? good(i) : constant(i));
        joist_text key = jst_entry_key(entries[i]);
        jst_table_expect_slot(&t, good(i));
        cr_assert_eq(n, i % 2 ? i + 1 : 1);
        cr_assert_eq(jst_table_is(&t, n, t.items[n - 1].hash, key), i % 2 || i == 0);
        cr_assert_not(jst_table_is(&t, n, 1, key), "another hash");
    }
    cr_expect_eq(jst_table_likely(&t, good(KEYS)), 0);
    jst_table_clear(&t);
}

/* Keys of every length, and those that differ in one byte. */
Test(table, keys_are_compared_to_the_last_byte)
{
    enum { LONGEST = 40 };
    for (size_t len = 0; len <= LONGEST; len++)
        for (size_t at = 0; at <= len; at++) {
            jst_table t = { 0 };
            char bytes[LONGEST + 1];
            jst_entry *e = joist_arena_zalloc(arena, sizeof *e + LONGEST);
            memset(bytes, 'x', sizeof bytes);
            memset(e->bytes, 'x', LONGEST);
            e->key_len = (uint32_t)len;
            if (at < len)
                bytes[at] = 'y';
            jst_table_item(&t, 42, jst_entry_key(e))->entry = e;
            cr_assert_eq(jst_table_is(&t, 1, 42, (joist_text){ bytes, len }), at == len);
            cr_assert_not(jst_table_is(&t, 1, 42, (joist_text){ bytes, len + 1 }));
            jst_table_clear(&t);
        }
}

/* What is appended has no place in the index, until it grows: then all have. */
Test(table, appended_items_are_in_the_order_of_arrival)
{
    jst_table t = { 0 };
    for (size_t i = 0; i < KEYS; i++)
        jst_table_append(&t, good(i), entries[i]);
    cr_expect_eq(t.count, KEYS);
    cr_expect_eq(t.slots_cap, 0);
    for (size_t i = 0; i < KEYS; i++)
        cr_assert_eq(jst_table_item(&t, good(i), jst_entry_key(entries[i]))->entry, entries[i]);
    cr_expect_eq(t.count, KEYS);
    jst_table_clear(&t);
}

Test(table, a_copy_of_an_entry_has_its_value_inside)
{
    char bytes[sizeof(jst_entry) + 32] __attribute__((aligned(8)));
    jst_entry *e = entries[1234];
    memcpy(e->bytes + e->key_len, "or", 2);
    e->order_len = 2;
    e->value = "shared";
    e->value_len = 6;
    cr_expect_eq(jst_entry_size(e), sizeof *e + 4 + 2 + 6);
    jst_entry *copy = jst_entry_copy(e, bytes);
    cr_expect(joist_text_equal(jst_entry_key(copy), JOIST_TEXT("1234")));
    cr_expect(joist_text_equal(jst_entry_order(copy), JOIST_TEXT("or")));
    cr_expect(joist_text_equal(jst_entry_value(copy), JOIST_TEXT("shared")));
    cr_expect_eq(copy->value, copy->bytes + 6);
}
