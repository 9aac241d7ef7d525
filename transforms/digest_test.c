/* SPDX-License-Identifier: Apache-2.0
 * Tests: digest.c idn.c */
#include <criterion/criterion.h>
#include <joist.h>
#include <pthread.h>

static void expect(joist_text got, const char *want)
{
    cr_assert(joist_text_equal(got, joist_text_of(want)), "'%.*s', not '%s'", JOIST_ARG(got), want);
}

/* The examples of FIPS 180-4. */
Test(digest, known_answers)
{
    joist_arena *a = joist_arena_new();
    joist_text none = JOIST_NO_TEXT, abc = JOIST_TEXT("abc");
    joist_text two = JOIST_TEXT("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");
    expect(joist_sha256_hex(&none, 1, 64, a),
           "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(joist_sha256_hex(NULL, 0, 8, a), "e3b0c442");
    expect(joist_sha256_hex(&abc, 1, 64, a),
           "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(joist_sha256_hex(&two, 1, 64, a),
           "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    joist_arena_free(a);
}

Test(digest, parts_and_digits)
{
    joist_arena *a = joist_arena_new();
    joist_text parts[] = { JOIST_TEXT("a"), JOIST_TEXT(""), JOIST_NO_TEXT, JOIST_TEXT("bc") };
    expect(joist_sha256_hex(parts, 4, 32, a), "ba7816bf8f01cfea414140de5dae2223");
    expect(joist_sha256_hex(parts, 4, 7, a), "ba7816b");
    cr_assert_eq(joist_sha256_hex(parts, 4, 1000, a).len, 64u);
    joist_arena_free(a);
}

static void *hash_often(void *result)
{
    joist_arena *a = joist_arena_new();
    joist_text abc = JOIST_TEXT("abc");
    bool ok = true;
    for (int i = 0; i < 100; i++)
        ok &= joist_text_equal(joist_sha256_hex(&abc, 1, 8, a), JOIST_TEXT("ba7816bf"));
    joist_arena_free(a);
    *(bool *)result = ok;
    return NULL;
}

Test(digest, threads)
{
    pthread_t threads[4];
    bool ok[4] = { false };
    for (int i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, hash_often, &ok[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        cr_assert(ok[i]);
    }
}

Test(digest, idn)
{
    joist_arena *a = joist_arena_new();
    expect(joist_idn_ascii(JOIST_TEXT("b\xc3\xbc" "cher.example"), a), "xn--bcher-kva.example");
    expect(joist_idn_ascii(JOIST_TEXT("\xd0\xbf\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80.example"),
                           a), "xn--e1afmkfd.example");
    expect(joist_idn_ascii(JOIST_TEXT("stra\xc3\x9f" "e.example"), a), "xn--strae-oqa.example");
    static const joist_text wrong[] = { { NULL, 0 }, { "\xff", 1 }, { "\xc3\xa9\0x", 4 },
        { "xn--\xc3\xa9", 6 } };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert(joist_text_null(joist_idn_ascii(wrong[i], a)), "%zu", i);
    joist_text label = joist_arena_printf(a, "\xc3\xa9%070d.example", 0);
    cr_assert(joist_text_null(joist_idn_ascii(label, a)));
    joist_arena_free(a);
}
