/* SPDX-License-Identifier: Apache-2.0
 * SHA-256 by OpenSSL. Fetching the algorithm and making a context cost more than hashing a host
 * name, so both are kept: the algorithm for the process, one context for each thread. */
#include <joist.h>
#include <openssl/evp.h>
#include <pthread.h>

enum { DIGEST_BYTES = 32 };

static EVP_MD *sha256;
static pthread_key_t context_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void free_context(void *ctx)
{
    EVP_MD_CTX_free(ctx);
}

/* OpenSSL refuses only when memory is short (or its configuration has no SHA-256): nothing to go
 * on with. */
static void *needed(void *p)
{
    if (!p)
        joist_free(joist_malloc(SIZE_MAX / 2));
    return p;
}

static void set_up(void)
{
    sha256 = needed(EVP_MD_fetch(NULL, "SHA256", NULL));
    if (pthread_key_create(&context_key, free_context))
        needed(NULL);
}

static EVP_MD_CTX *thread_context(void)
{
    pthread_once(&once, set_up);
    EVP_MD_CTX *ctx = pthread_getspecific(context_key);
    if (JOIST_LIKELY(ctx != NULL))
        return ctx;
    ctx = needed(EVP_MD_CTX_new());
    if (pthread_setspecific(context_key, ctx))
        needed(NULL);
    return ctx;
}

static void digest(const joist_text *parts, size_t count, unsigned char out[DIGEST_BYTES])
{
    EVP_MD_CTX *ctx = thread_context();
    bool ok = EVP_DigestInit_ex(ctx, sha256, NULL);
    for (size_t i = 0; ok && i < count; i++)
        ok = !parts[i].len || EVP_DigestUpdate(ctx, parts[i].ptr, parts[i].len);
    if (!ok || !EVP_DigestFinal_ex(ctx, out, NULL))
        needed(NULL);
}

joist_text joist_sha256_hex(const joist_text *parts, size_t count, size_t digits, joist_arena *a)
{
    static const char hex[] = "0123456789abcdef";
    unsigned char bytes[DIGEST_BYTES];
    digest(parts, count, bytes);
    size_t len = digits < 2 * DIGEST_BYTES ? digits : 2 * DIGEST_BYTES;
    char *out = joist_arena_alloc(a, sizeof bytes * 2);
    for (size_t i = 0; i < len; i++)
        out[i] = hex[i % 2 ? bytes[i / 2] & 15 : bytes[i / 2] >> 4];
    return (joist_text){ out, len };
}
