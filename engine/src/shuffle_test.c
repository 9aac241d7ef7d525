/* SPDX-License-Identifier: Apache-2.0
 * A shuffle by hand: order, stability, ties, sums, partitions, spilling, and what the disk can do
 * to it. Whatever the number of shares and runs, what comes out is the same. */
/* Tests: shuffle.c sort.c merge.c spill.c */
#include "combine.h"
#include "key.h"
#include "run_test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

enum { MOST = 20000 };

static joist_origin origins[4] = { { .rank = 0 }, { .rank = 1 }, { .rank = 2 }, { .rank = 3 } };
static joist_position places[MOST];
static const joist_position *positions[MOST];
static ev evs[MOST];
static size_t count;
static char texts[MOST][32];
static jst_node node = { .name = { "step", 4 }, .file = { "a.c", 3 }, .line = 7 };
static jst_shuffle_plan plan;
static jst_memory memory;
static joist_arena *arena;

static void set_up(void)
{
    make_dir();
    arena = joist_arena_new();
    memory = (jst_memory){ .limit = 1 << 30, .directory = test_dir, .seed = 12345 };
    plan = (jst_shuffle_plan){ .reduce = JST_REDUCE_LATEST, .node = &node, .in = &ev_type,
                               .out = &ev_type, .key = JOIST_FIELDS(ev, key).fields, .inflows = 1 };
}

static void tear_down(void)
{
    joist_arena_free(arena);
    drop_dir();
}

TestSuite(shuffle, .init = set_up, .fini = tear_down);

/* Elements key = keys[i % ...], seq = i, in input order. */
static void fill(size_t n, size_t keys)
{
    size_t per = n / 4 + 1;
    for (count = 0; count < n; count++) {
        size_t i = count;
        snprintf(texts[i], sizeof texts[i], "key-%06zu", i * 7919 % keys);
        evs[i] = (ev){ .key = joist_text_of(texts[i]), .n = JOIST_INT((int64_t)i % 5),
                       .seq = (int64_t)i };
        places[i] = (joist_position){ .origin = &origins[i / per], .record = i % per };
        positions[i] = &places[i];
    }
}

/* Element i goes to share i % shares, in bundles, backwards if asked: arrival is no order. */
static jst_shuffle *shuffled(size_t shares, size_t bundle, bool backwards)
{
    jst_shuffle *s = jst_shuffle_new(&plan, shares, &memory);
    for (size_t k = 0; k < count; k++) {
        size_t i = backwards ? count - 1 - k : k, to = i % shares;
        jst_shuffle_add(s, to, (const char *)&evs[i], &positions[i], 1, (jst_inflow){ 0 });
        if (k % bundle == bundle - 1)
            for (size_t w = 0; w < shares; w++)
                cr_assert_eq(jst_shuffle_account(s, w, &error), JOIST_OK, "%s", error.message);
    }
    for (size_t w = 0; w < shares; w++)
        jst_shuffle_seal(s, w);
    return s;
}

/* The accumulator of an entry, behind the values of its key. */
static void write_accumulator(const jst_shuffle *s, const jst_entry *entry, void *key,
                              joist_buffer *out)
{
    const joist_type *type = s->plan->combine.fn->acc;
    joist_combine_call call = jst_combine_call_of(s->plan, arena);
    jst_key_decode(s->plan->in, &s->plan->key, entry->bytes, key, arena);
    for (uint32_t i = 0; i < s->plan->key.count; i++) {
        const joist_type one = { .name = "key", .size = s->plan->in->size,
                                 .fields = joist_type_field_at(s->plan->in, s->plan->key.offset[i]),
                                 .count = 1 };
        joist_json_write_record(out, &one, key, 0);
    }
    joist_json_write_record(out, type, jst_combine_thaw(s->plan, entry, &call), 0);
}

/* Reads partition by partition, or (JST_PARTITIONS) all as one; NULL: an error. */
static joist_buffer *contents(const jst_shuffle *s, size_t partition)
{
    static joist_buffer out;
    joist_text last = { 0 };
    jst_merge *m = jst_merge_open(s, partition);
    char *record = joist_arena_zalloc(arena, 256);
    out.len = 0;
    for (const jst_entry *entry; (entry = jst_merge_next(m, &error));) {
        joist_text key = joist_arena_text(arena, (joist_text){ entry->bytes, entry->key_len });
        cr_assert(!last.ptr || joist_text_compare(last, key) <= 0, "out of order");
        last = key;
        if (s->plan->reduce == JST_REDUCE_COMBINE) {
            write_accumulator(s, entry, record, &out);
        } else {
            cr_assert(jst_entry_decode(s, entry, record, arena));
            joist_json_write_record(&out, s->plan->out, record, 0);
        }
        joist_buffer_byte(&out, '\n');
    }
    jst_merge_close(m);
    joist_buffer_byte(&out, '\0');
    return error.message[0] ? NULL : &out;
}

static char *all_of(const jst_shuffle *s)
{
    joist_buffer *b = contents(s, JST_PARTITIONS);
    cr_assert_not_null(b, "%s", error.message);
    return joist_strdup(b->ptr);
}

static char *expected_now(void)
{
    jst_shuffle *s = shuffled(1, MOST, false);
    char *text = all_of(s);
    jst_shuffle_free(s);
    return text;
}

/* The same from any number of shares, any order of arrival, in memory or from many runs. */
static void always_the_same(void)
{
    char *expected = expected_now();
    for (size_t shares = 1; shares <= 8; shares += shares == 3 ? 5 : 1)
        for (int how = 0; how < 4; how++) {
            memory.limit = how & 1 ? 4096 : 1 << 30;
            size_t spilled = atomic_load(&memory.spilled);
            jst_shuffle *s = shuffled(shares, 50, how & 2);
            char *text = all_of(s);
            cr_assert_str_eq(text, expected, "%zu shares, %d", shares, how);
            cr_assert_eq(atomic_load(&memory.spilled) > spilled, how & 1);
            joist_free(text);
            jst_shuffle_free(s);
        }
    joist_free(expected);
}

static void begins(const char *text, const char *head)
{
    cr_expect_eq(strncmp(text, head, strlen(head)), 0, "%s", text);
}

/* ---- latest ---------------------------------------------------------------------------------- */

Test(shuffle, latest_by_a_field)
{
    fill(2000, 130);
    plan.by = JOIST_FIELDS(ev, n).fields;
    always_the_same();
    char *text = expected_now(), line[100];
    for (int k = 0; k < 130; k++) {
        long best = -1;
        for (long i = 0; i < 2000; i++)
            if (i * 7919 % 130 == k && (best < 0 || i % 5 >= best % 5))
                best = i;
        const char *format = "{\"key\":\"key-%06d\",\"n\":%ld,\"seq\":%ld,\"tag\":null}\n";
        snprintf(line, sizeof line, format, k, best % 5, best);
        cr_assert(strstr(text, line), "no %s", line);
    }
    joist_free(text);
}

Test(shuffle, latest_without_by_is_the_last_in_input_order)
{
    fill(1000, 10);
    always_the_same();
    char *text = expected_now();
    cr_expect(strstr(text, "\"seq\":999,") && strstr(text, "\"seq\":990,"), "%s", text);
    cr_expect(!strstr(text, "\"seq\":989,"));
    joist_free(text);
}

Test(shuffle, one_key_for_all_and_a_hot_key)
{
    fill(1000, 1);
    always_the_same();
    for (size_t i = 0; i < count; i += 2)
        evs[i].key = JOIST_TEXT("hot");
    always_the_same();
}

Test(shuffle, keys_that_are_null_empty_or_begin_alike)
{
    fill(600, 600);
    for (size_t i = 0; i < count; i++) {
        static const char long_head[] = "a very long head that all of these keys have in common ";
        if (i % 3 == 0)
            evs[i].key = (joist_text){ long_head, i % sizeof long_head };
        if (i % 50 == 1)
            evs[i].key = JOIST_NO_TEXT;
        if (i % 7 == 0)
            evs[i].key = (joist_text){ "\0\xff\0", i % 4 };
    }
    always_the_same();
    char *text = expected_now();
    begins(text, "{\"key\":null,");
    begins(strchr(text, '\n'), "\n{\"key\":\"\",");
    joist_free(text);
}

Test(shuffle, a_longer_value_may_replace_a_shorter_one)
{
    fill(300, 3);
    static char filler[300];
    memset(filler, 'f', sizeof filler);
    for (size_t i = 0; i < count; i++)
        evs[i].tag = (joist_text){ filler, i };
    always_the_same();
}

Test(shuffle, ties_of_one_record_by_the_way_they_came)
{
    fill(2, 1);
    plan.inflows = 3;
    positions[1] = positions[0];
    for (int order = 0; order < 2; order++) {
        jst_shuffle *s = jst_shuffle_new(&plan, 2, &memory);
        for (size_t k = 0; k < 2; k++) {
            size_t i = order ? 1 - k : k;
            jst_shuffle_add(s, i, (const char *)&evs[i], &positions[i], 1,
                            (jst_inflow){ .via = i ? 1 : 2 });
        }
        jst_shuffle_seal(s, 0);
        jst_shuffle_seal(s, 1);
        char *text = all_of(s);
        cr_expect(strstr(text, "\"seq\":0,"), "%s", text);
        joist_free(text);
        jst_shuffle_free(s);
    }
}

/* ---- append ---------------------------------------------------------------------------------- */

static void ascends(const char *text, size_t lines)
{
    for (size_t i = 0; i < lines; i++) {
        const char *seq = strstr(text, "\"seq\":");
        cr_assert_eq(strtoul(seq + 6, NULL, 10), i);
        text = strchr(text, '\n') + 1;
    }
    cr_expect_eq(*text, '\0');
}

Test(shuffle, append_keeps_everything_in_input_order)
{
    fill(3000, 10);
    plan.reduce = JST_REDUCE_APPEND;
    plan.key = (joist_fields){ 0 };
    always_the_same();
    char *text = expected_now();
    ascends(text, 3000);
    joist_free(text);
}

/* What one record became stays in the order of its emits: they arrive at one worker. */
Test(shuffle, append_is_stable)
{
    fill(3000, 10);
    plan.reduce = JST_REDUCE_APPEND;
    plan.key = (joist_fields){ 0 };
    for (size_t i = 0; i < count; i++)
        positions[i] = &places[i - i % 3];
    memory.limit = 4096;
    jst_shuffle *s = shuffled(1, 40, false);
    char *text = all_of(s);
    ascends(text, 3000);
    cr_expect_gt(s->shares[0].runs_count, 3);
    joist_free(text);
    jst_shuffle_free(s);
}

/* ---- accumulators ---------------------------------------------------------------------------- */

/* What every worker, bundle and run has of a key is put together. */
Test(shuffle, counts_and_sums)
{
    fill(2000, 7);
    evs[5].n = (joist_int){ 0 };
    plan.reduce = JST_REDUCE_COMBINE;
    plan.combine.fn = &joist_count_combine;
    always_the_same();
    char *text = expected_now();
    cr_expect(strstr(text, "{\"key\":\"key-000000\"}{\"n\":286}\n"), "%s", text);
    joist_free(text);
    plan.combine.fn = &joist_sum_combine;
    plan.combine.prepared = joist_type_field(&ev_type, JOIST_TEXT("seq"));
    always_the_same();
    plan.combine.prepared = joist_type_field(&ev_type, JOIST_TEXT("n"));
    plan.key = JOIST_FIELDS(ev, seq).fields;
    always_the_same();
    text = expected_now();
    cr_expect(strstr(text, "{\"seq\":5}{\"high\":0,\"low\":0}\n"), "NULL adds nothing");
    cr_expect(strstr(text, "{\"seq\":1999}{\"high\":0,\"low\":4}\n"));
    joist_free(text);
}

/* An accumulator that points elsewhere: the elements' places, in a list that grows. */
#define SEEN(F, T) F(T, joist_text_list, tags) F(T, int64_t, created)
JOIST_RECORD(seen_acc, SEEN);
#define GATHER(IN, ACC, OUT, CFG) IN(ev) ACC(seen_acc) OUT(joist_line)
JOIST_COMBINE_FN_CREATE(gather, GATHER);
static void gather_create(const gather_call *v, seen_acc *a)
{
    (void)v;
    a->created = 1;
}

/* In the order of their bytes, whatever the order of the calls. */
static void insert(const gather_call *v, seen_acc *a, joist_text tag)
{
    size_t at = 0, n = a->tags.count;
    joist_text *items = joist_arena_alloc(v->arena, (n + 1) * sizeof *items);
    while (at < n && joist_text_compare(a->tags.items[at], tag) < 0)
        at++;
    if (at)
        memcpy(items, a->tags.items, at * sizeof *items);
    items[at] = joist_arena_text(v->arena, tag);
    if (n > at)
        memcpy(items + at + 1, a->tags.items + at, (n - at) * sizeof *items);
    a->tags = (joist_text_list){ items, n + 1 };
}
static void gather_add(const gather_call *v, seen_acc *a, const ev *e)
{
    cr_assert_eq(a->created, 1, "add before create");
    insert(v, a, e->tag);
}
static void gather_merge(const gather_call *v, seen_acc *a, const seen_acc *b)
{
    cr_assert(a->created == 1 && b->created == 1);
    for (size_t i = 0; i < b->tags.count; i++)
        insert(v, a, b->tags.items[i]);
}
static joist_status gather_extract(const gather_call *v, const seen_acc *a, const ev *key)
{
    (void)a;
    (void)key;
    return joist_line_emit(v->out, (joist_line){ JOIST_TEXT("") });
}

Test(shuffle, accumulators_that_point_elsewhere)
{
    static char tags[600][24];
    fill(600, 11);
    for (size_t i = 0; i < count; i++) {
        snprintf(tags[i], sizeof tags[i], "t%03zu", i);
        evs[i].tag = joist_text_of(tags[i]);
    }
    plan.reduce = JST_REDUCE_COMBINE;
    plan.combine.fn = &gather_combine;
    always_the_same();
    char *text = expected_now();
    cr_expect(strstr(text, "{\"key\":\"key-000000\"}{\"tags\":[\"t000\",\"t011\",\"t022\","), "%s",
              text);
    joist_free(text);
}

#define FLAG(F, T) F(T, bool, yes)
JOIST_RECORD(flag, FLAG);

Test(shuffle, keys_of_accumulators_may_be_bools)
{
    fill(4, 4);
    plan = (jst_shuffle_plan){ .reduce = JST_REDUCE_COMBINE, .node = &node, .in = &flag_type,
                               .out = &joist_tally_type, .key = JOIST_FIELDS(flag, yes).fields,
                               .combine.fn = &joist_count_combine };
    flag flags[] = { { true }, { false }, { true } };
    jst_shuffle *s = jst_shuffle_new(&plan, 1, &memory);
    jst_shuffle_add(s, 0, (const char *)flags, positions, 3, (jst_inflow){ 0 });
    jst_shuffle_seal(s, 0);
    char *text = all_of(s);
    cr_expect_str_eq(text, "{\"yes\":false}{\"n\":1}\n{\"yes\":true}{\"n\":2}\n");
    joist_free(text);
    jst_shuffle_free(s);
}

/* ---- partitions ------------------------------------------------------------------------------ */

Test(shuffle, partitions_together_are_all_of_it_each_key_in_one)
{
    fill(5000, 900);
    plan.is_root = true;
    memory.limit = 1 << 16;
    jst_shuffle *s = shuffled(3, 100, true);
    char *all = all_of(s);
    size_t lines = 0, filled = 0;
    for (size_t p = 0; p < s->partitions; p++) {
        joist_buffer *b = contents(s, p);
        cr_assert_not_null(b);
        filled += b->len > 1;
        for (char *line = b->ptr, *end; (end = strchr(line, '\n')); line = end + 1, lines++) {
            char next = end[1];
            end[1] = '\0';
            cr_assert(strstr(all, line), "%s", line);
            end[1] = next;
        }
    }
    cr_expect_eq(lines, 900);
    cr_expect_eq(filled, JST_PARTITIONS, "900 keys are enough for 16 partitions");
    joist_free(all);
    jst_shuffle_free(s);
}

Test(shuffle, nothing_in_nothing_out)
{
    plan.is_root = true;
    jst_shuffle *s = shuffled(3, 1, false);
    for (size_t p = 0; p <= JST_PARTITIONS; p++)
        cr_expect_str_eq(contents(s, p)->ptr, "");
    jst_shuffle_free(s);
    jst_shuffle_free(NULL);
}

Test(shuffle, positions_behind_it)
{
    fill(40, 3);
    plan.id = 258;
    jst_shuffle *s = shuffled(2, 10, false);
    jst_merge *m = jst_merge_open(s, JST_PARTITIONS);
    const jst_entry *entry = jst_merge_next(m, &error);
    const joist_position *at = jst_entry_position(s, entry, arena);
    cr_expect_eq(at->origin, &origins[3], "of the element that stays");
    joist_buffer a = { 0 }, b = { 0 };
    jst_position_encode(at, true, &a);
    jst_position_encode(jst_entry_position(s, jst_merge_next(m, &error), arena), true, &b);
    cr_expect(!joist_text_equal(joist_buffer_view(&a), joist_buffer_view(&b)));
    cr_expect_eq(memcmp(a.ptr + 17, "\1\2", 2), 0, "the shuffle's number");
    joist_buffer_free(&a);
    joist_buffer_free(&b);
    jst_merge_close(m);
    jst_shuffle_free(s);
}

/* ---- memory and disk ------------------------------------------------------------------------- */

Test(shuffle, what_is_held_stays_near_the_limit)
{
    fill(MOST, MOST);
    enum { WORKERS = 80 };
    memory.limit = 4 << 20;
    jst_shuffle_plan other = plan;
    jst_shuffle *s[2] = { jst_shuffle_new(&plan, WORKERS, &memory),
                          jst_shuffle_new(&other, WORKERS, &memory) };
    size_t most = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < 2; k++) {
            jst_shuffle_add(s[k], i % WORKERS, (const char *)&evs[i], &positions[i], 1,
                            (jst_inflow){ 0 });
            cr_assert_eq(jst_shuffle_account(s[k], i % WORKERS, &error), JOIST_OK);
            size_t held = atomic_load(&memory.held);
            most = held > most ? held : most;
        }
    cr_expect_leq(most, memory.limit + (64 << 10), "the limit and one share's growth: %zu", most);
    cr_expect_gt(atomic_load(&memory.spilled), 1 << 20);
    jst_shuffle_free(s[0]);
    jst_shuffle_free(s[1]);
}

/* A stage that starts from a shuffle ends its bundles while all workers read the shares. */
Test(shuffle, what_is_being_read_is_not_spilled)
{
    fill(2000, 2000);
    jst_shuffle *s = shuffled(2, MOST, false);
    jst_merge *m = jst_merge_open(s, JST_PARTITIONS);
    cr_assert_not_null(jst_merge_next(m, &error));
    memory.limit = 1;
    for (size_t w = 0; w < 2; w++)
        cr_expect_eq(jst_shuffle_account(s, w, &error), JOIST_OK);
    cr_expect_eq(atomic_load(&memory.spilled), 0);
    size_t rest = 0;
    while (jst_merge_next(m, &error))
        rest++;
    cr_expect_eq(rest, 1999);
    jst_merge_close(m);
    jst_shuffle_free(s);
}

static size_t names_in_dir(void)
{
    size_t n = 0;
    char command[300], line[300];
    snprintf(command, sizeof command, "ls -A %s", test_dir);
    FILE *f = popen(command, "r");
    while (fgets(line, sizeof line, f))
        n++;
    pclose(f);
    return n;
}

Test(shuffle, spilled_runs_have_no_name)
{
    fill(2000, 2000);
    memory.limit = 1;
    jst_shuffle *s = shuffled(2, 100, false);
    cr_expect_gt(s->shares[0].runs_count, 5);
    cr_expect_geq(s->shares[0].fd, 0);
    cr_expect_eq(names_in_dir(), 0);
    jst_shuffle_free(s);
}

static jst_shuffle *spilled(void)
{
    fill(2000, 2000);
    memory.limit = 1;
    return shuffled(1, 500, false);
}

Test(shuffle, a_run_cut_short_is_an_error_wherever_it_is_cut)
{
    jst_shuffle *s = spilled();
    for (uint64_t size = 0; size < s->shares[0].file_size; size += 4999) {
        jst_shuffle *t = spilled();
        cr_assert_eq(ftruncate(t->shares[0].fd, (off_t)size), 0);
        cr_assert_null(contents(t, JST_PARTITIONS));
        cr_assert(strstr(error.message, "cannot read back a temporary file: it was cut short"));
        jst_shuffle_free(t);
    }
    jst_shuffle_free(s);
}

Test(shuffle, a_disk_that_does_not_read_back_is_an_error)
{
    jst_shuffle *s = spilled();
    int directory = open(test_dir, O_RDONLY);
    cr_assert_eq(dup2(directory, s->shares[0].fd), s->shares[0].fd);
    cr_expect_null(contents(s, JST_PARTITIONS));
    cr_expect(strstr(error.message, strerror(EISDIR)), "%s", error.message);
    close(directory);
    jst_shuffle_free(s);
}

Test(shuffle, no_space_is_an_error_that_names_the_directory)
{
    struct rlimit l;
    signal(SIGXFSZ, SIG_IGN);
    fill(2000, 2000);
    memory.limit = 1;
    jst_shuffle *s = jst_shuffle_new(&plan, 1, &memory);
    jst_shuffle_add(s, 0, (const char *)evs, positions, count, (jst_inflow){ 0 });
    getrlimit(RLIMIT_FSIZE, &l);
    rlim_t before = l.rlim_cur;
    l.rlim_cur = 10000;
    setrlimit(RLIMIT_FSIZE, &l);
    joist_status status = jst_shuffle_account(s, 0, &error);
    l.rlim_cur = before;
    setrlimit(RLIMIT_FSIZE, &l);
    cr_expect_eq(status, JOIST_FAILED);
    cr_expect(strstr(error.message, test_dir), "%s", error.message);
    cr_expect(strstr(error.message, strerror(EFBIG)), "%s", error.message);
    jst_shuffle_free(s);
}

Test(shuffle, a_directory_that_is_not_there_is_an_error)
{
    fill(10, 10);
    memory.limit = 1;
    memory.directory = "/nowhere/at/all";
    jst_shuffle *s = jst_shuffle_new(&plan, 1, &memory);
    jst_shuffle_add(s, 0, (const char *)evs, positions, count, (jst_inflow){ 0 });
    cr_expect_eq(jst_shuffle_account(s, 0, &error), JOIST_FAILED);
    cr_expect(strstr(error.message, "cannot create a temporary file in /nowhere/at/all"), "%s",
              error.message);
    jst_shuffle_free(s);
}

/* One entry larger than any read buffer, between small ones. */
Test(shuffle, entries_larger_than_the_buffers)
{
    fill(40, 40);
    size_t len = 3 << 20;
    char *large = joist_malloc(len);
    memset(large, 'L', len);
    evs[20].tag = (joist_text){ large, len };
    memory.limit = 1;
    jst_shuffle *s = shuffled(2, 5, false);
    char *text = all_of(s);
    cr_expect_gt(strlen(text), len);
    cr_expect(strstr(text, "\"seq\":39,"));
    joist_free(text);
    joist_free(large);
    jst_shuffle_free(s);
}

/* A sealed share that gets more becomes a table again: dead letters come in two rounds. */
Test(shuffle, filled_again_after_it_was_sealed)
{
    fill(100, 50);
    jst_shuffle *s = jst_shuffle_new(&plan, 1, &memory);
    for (size_t round = 0; round < 4; round++) {
        jst_shuffle_add(s, 0, (const char *)&evs[round * 25], &positions[round * 25], 25,
                        (jst_inflow){ 0 });
        jst_shuffle_seal(s, 0);
        jst_shuffle_seal(s, 0);
        joist_free(all_of(s));
    }
    char *text = all_of(s), *expected = expected_now();
    cr_expect_str_eq(text, expected);
    cr_expect_eq(s->shares[0].arrived, 100);
    cr_expect_eq(s->shares[0].replaced, 50);
    joist_free(text);
    joist_free(expected);
    jst_shuffle_free(s);
}

/* Keys that differ in their last byte, in their length, and not at all in the first eight. */
Test(shuffle, sorts_whatever_decides)
{
    fill(4000, 4000);
    plan.reduce = JST_REDUCE_LATEST;
    for (size_t i = 0; i < count; i++) {
        size_t len = (size_t)snprintf(texts[i], sizeof texts[i], "%08zx%zu", i % 3 * 1000, i % 997);
        evs[i].key = (joist_text){ texts[i], len - (i % 5 == 0) };
    }
    plan.is_root = true;
    always_the_same();
}
