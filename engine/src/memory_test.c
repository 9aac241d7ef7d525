/* SPDX-License-Identifier: Apache-2.0
 * Memory, arenas, buffers and errors: what they promise on alignment, reuse, growth, cutting, and
 * on the one allocation that fails. */
/* Tests: memory.c arena.c buffer.c error.c */
#include "joist/memory.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- memory ---------------------------------------------------------------------------------- */

Test(memory, zero_bytes_are_a_pointer_of_their_own)
{
    void *a = joist_malloc(0), *b = joist_malloc(0), *c = joist_calloc(0, 8);
    cr_expect(a && b && c && a != b);
    joist_free(a);
    joist_free(b);
    joist_free(c);
    joist_free(NULL);
    char *d = joist_realloc(NULL, 4);
    d = joist_realloc(d, 0);
    cr_expect_not_null(d);
    joist_free(d);
}

Test(memory, calloc_is_zeroed)
{
    unsigned char *a = joist_calloc(1000, 3);
    for (size_t i = 0; i < 3000; i++)
        cr_assert_eq(a[i], 0);
    joist_free(a);
}

Test(memory, copies_of_texts_end_in_nul)
{
    char *a = joist_text_dup((joist_text){ "a\0b!", 3 }), *b = joist_strdup("x");
    char *c = joist_text_dup(JOIST_NO_TEXT);
    cr_expect_eq(memcmp(a, "a\0b", 4), 0);
    cr_expect_str_eq(b, "x");
    cr_expect_str_eq(c, "");
    joist_free(a);
    joist_free(b);
    joist_free(c);
}

/* A child whose stderr comes here; returns its exit code. */
static int in_child(void (*work)(void), char *text, size_t size)
{
    int pipes[2], status = 0;
    cr_assert_eq(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(pipes[1], STDERR_FILENO);
        work();
        _exit(0);
    }
    close(pipes[1]);
    size_t len = 0;
    for (ssize_t n; (n = read(pipes[0], text + len, size - len - 1)) > 0;)
        len += (size_t)n;
    text[len] = '\0';
    close(pipes[0]);
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void third_fails(void)
{
    joist_memory_fail_at(3);
    joist_free(joist_malloc(1));
    joist_free(joist_calloc(1, 1));
    if (write(STDERR_FILENO, "two; ", 5) == 5)
        joist_free(joist_realloc(NULL, 1));
}

static void third_would_fail(void)
{
    joist_memory_fail_at(3);
    joist_free(joist_malloc(1));
    joist_memory_fail_at(0);
    for (int i = 0; i < 9; i++)
        joist_free(joist_malloc(1));
}

/* Sanitizers take such sizes for a mistake of the program. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
static void *volatile kept;
static void too_much(void) { kept = joist_calloc(SIZE_MAX / 2, 3); }
static void too_much_for_an_arena(void)
{
    kept = joist_arena_alloc(joist_arena_new(), SIZE_MAX - 3);
}
static void too_much_for_a_buffer(void)
{
    joist_buffer b = { 0 };
    joist_buffer_byte(&b, 'x');
    kept = joist_buffer_reserve(&b, SIZE_MAX);
}

Test(memory, sizes_beyond_all_memory_fail_and_do_not_wrap_around)
{
    char text[400];
    cr_expect_eq(in_child(too_much, text, sizeof text), 1);
    cr_expect_eq(in_child(too_much_for_an_arena, text, sizeof text), 1);
    cr_expect_eq(in_child(too_much_for_a_buffer, text, sizeof text), 1);
}
#endif

Test(memory, an_allocation_that_fails_ends_the_process_with_one_line_and_code_1)
{
    char text[400];
    cr_expect_eq(in_child(third_fails, text, sizeof text), 1);
    cr_expect_eq(strncmp(text, "two; error: out of memory", 25), 0, "%s", text);
    cr_expect_eq(in_child(third_would_fail, text, sizeof text), 0);
    cr_expect_str_eq(text, "");
}

/* ---- arena ----------------------------------------------------------------------------------- */

Test(arena, allocations_are_aligned_and_apart)
{
    joist_arena *a = joist_arena_new();
    char *last = NULL;
    for (size_t size = 1; size < 300; size++) {
        char *p = joist_arena_alloc(a, size);
        cr_assert_eq((uintptr_t)p % 16, 0);
        cr_assert_neq(p, last);
        memset(p, 0x5a, size);
        last = p;
    }
    joist_arena_free(a);
    joist_arena_free(NULL);
}

Test(arena, a_reset_keeps_blocks_so_that_a_steady_state_allocates_nothing)
{
    joist_arena *a = joist_arena_new();
    size_t held = 0;
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 1000; i++)
            memset(joist_arena_alloc(a, 500), round, 500);
        if (round < 2)
            held = joist_arena_bytes(a);
        cr_assert_eq(joist_arena_bytes(a), held, "round %d", round);
        joist_arena_reset(a);
    }
    cr_expect_geq(held, 500000);
    joist_arena_free(a);
}

Test(arena, a_large_block_is_given_back)
{
    joist_arena *a = joist_arena_new();
    memset(joist_arena_alloc(a, 10), 1, 10);
    size_t before = joist_arena_bytes(a);
    memset(joist_arena_alloc(a, 50 << 20), 1, 50 << 20);
    cr_expect_geq(joist_arena_bytes(a), 50 << 20);
    joist_arena_reset(a);
    cr_expect_eq(joist_arena_bytes(a), before);
    joist_arena_free(a);
}

Test(arena, what_is_kept_has_a_bound)
{
    joist_arena *a = joist_arena_new();
    for (int i = 0; i < 64; i++)
        memset(joist_arena_alloc(a, 1 << 20), 1, 1 << 20);
    joist_arena_reset(a);
    cr_expect_leq(joist_arena_bytes(a), 8 << 20);
    joist_arena_free(a);
}

Test(arena, an_empty_text_in_an_empty_arena_is_not_null)
{
    joist_arena *a = joist_arena_new();
    cr_expect_not_null(joist_arena_text(a, JOIST_TEXT("")).ptr);
    joist_arena_reset(a);
    cr_expect_not_null(joist_arena_text(a, JOIST_TEXT("")).ptr);
    joist_arena_free(a);
}

Test(arena, texts)
{
    joist_arena *a = joist_arena_new();
    char bytes[] = "abc";
    joist_text copy = joist_arena_text(a, (joist_text){ bytes, 3 });
    bytes[0] = 'X';
    cr_expect(joist_text_equal(copy, JOIST_TEXT("abc")));
    cr_expect_null(joist_arena_text(a, JOIST_NO_TEXT).ptr);
    cr_expect_not_null(joist_arena_text(a, JOIST_TEXT("")).ptr, "an empty text is not NULL");
    cr_expect(joist_text_equal(joist_arena_printf(a, "%d-%s", 7, "x"), JOIST_TEXT("7-x")));
    cr_expect_eq(joist_arena_printf(a, "%5000d", 1).len, 5000);
    unsigned char *z = joist_arena_zalloc(a, 100);
    cr_expect(z[0] == 0 && z[99] == 0);
    joist_arena_free(a);
}

/* ---- buffer ---------------------------------------------------------------------------------- */

static void fill(joist_buffer *b)
{
    for (int i = 0; i < 1000; i++) {
        joist_buffer_printf(b, "%d,", i);
        joist_buffer_text(b, JOIST_TEXT("ab"));
        joist_buffer_byte(b, '\n');
    }
    joist_buffer_add(b, NULL, 0);
    cr_expect_eq(b->len, 3890 + 3 * 1000);
    cr_expect_eq(memcmp(b->ptr, "0,ab\n1,ab\n", 10), 0);
    cr_expect_eq(memcmp(b->ptr + b->len - 7, "999,ab\n", 7), 0);
}

Test(buffer, grows_by_doubling)
{
    joist_buffer b = { 0 };
    cr_expect(joist_text_equal(joist_buffer_view(&b), JOIST_TEXT("")));
    cr_expect_not_null(joist_buffer_view(&b).ptr);
    fill(&b);
    cr_expect_leq(b.cap, 2 * b.len);
    joist_buffer_free(&b);
    cr_expect(!b.ptr && !b.len && !b.cap);
}

Test(buffer, in_an_arena_needs_no_free)
{
    joist_arena *a = joist_arena_new();
    joist_buffer b = joist_buffer_in(a, 10);
    fill(&b);
    joist_buffer_free(&b);
    cr_expect(!b.ptr && !b.len && b.arena == a);
    fill(&b);
    joist_arena_free(a);
}

/* ---- error ----------------------------------------------------------------------------------- */

Test(error, is_filled_cut_and_failed)
{
    joist_error e = { .hint = "old" };
    cr_expect_eq(joist_fail_with(&e, JOIST_TEMPORARY, "%s %d", "x", 5), JOIST_FAILED);
    cr_expect_str_eq(e.message, "x 5");
    cr_expect_str_eq(e.hint, "");
    cr_expect_eq(e.failure, JOIST_TEMPORARY);
    joist_fail_with(&e, JOIST_FATAL, "%2000d", 1);
    cr_expect_eq(strlen(e.message), sizeof e.message - 1);
    cr_expect_eq(joist_fail_with(NULL, JOIST_FATAL, "nobody asks"), JOIST_FAILED);
}
