/* SPDX-License-Identifier: Apache-2.0
 * Per-thread index memory, and the padding simdjson asks for: the bytes behind a text may be
 * read as long as they lie in the page of its last byte, else (1.5 % of texts) the text is
 * copied first. Under AddressSanitizer it is always copied. Offsets fit either copy. */
#include "json_index.h"

#include <pthread.h>

#if defined(__SANITIZE_ADDRESS__)
#define ALWAYS_COPY 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ALWAYS_COPY 1
#endif
#endif
#ifndef ALWAYS_COPY
#define ALWAYS_COPY 0
#endif

enum { SMALLEST_PAGE = 4096 };

typedef struct workspace {
    jst_simdjson *parser;
    joist_buffer copy;
} workspace;

static pthread_key_t workspace_key;
static pthread_once_t workspace_once = PTHREAD_ONCE_INIT;

static void free_workspace(void *p)
{
    workspace *w = p;
    jst_simdjson_free(w->parser);
    joist_buffer_free(&w->copy);
    joist_free(w);
}

/* Every way to run out of memory ends alike: joist_malloc reports and exits. */
static void out_of_memory(void)
{
    joist_free(joist_malloc(SIZE_MAX / 2));
}

static void make_key(void)
{
    if (pthread_key_create(&workspace_key, free_workspace))
        out_of_memory();
}

static workspace *new_workspace(void)
{
    workspace *w = joist_calloc(1, sizeof *w);
    w->parser = jst_simdjson_new();
    if (!w->parser)
        out_of_memory();
    if (pthread_setspecific(workspace_key, w))
        out_of_memory();
    return w;
}

static workspace *thread_workspace(void)
{
    pthread_once(&workspace_once, make_key);
    workspace *w = pthread_getspecific(workspace_key);
    return JOIST_LIKELY(w != NULL) ? w : new_workspace();
}

static bool must_copy(joist_text text)
{
    uintptr_t last = (uintptr_t)text.ptr + text.len - 1;
    return ALWAYS_COPY || last / SMALLEST_PAGE != (last + JST_SIMDJSON_PADDING) / SMALLEST_PAGE;
}

static const char *padded(workspace *w, joist_text text)
{
    if (!must_copy(text))
        return text.ptr;
    w->copy.len = 0;
    char *p = joist_buffer_reserve(&w->copy, text.len + JST_SIMDJSON_PADDING);
    memcpy(p, text.ptr, text.len);
    memset(p + text.len, ' ', JST_SIMDJSON_PADDING);
    return p;
}

jst_index_result jst_json_index_of(joist_text text, jst_json_index *index)
{
    if (!text.len || text.len > UINT32_MAX - 2 * JST_SIMDJSON_PADDING)
        return JST_INDEX_NOT_JSON;
    workspace *w = thread_workspace();
    jst_index_result r = jst_simdjson_index(w->parser, padded(w, text), text.len,
                                            &index->offsets, &index->count);
    if (r == JST_INDEX_NO_MEMORY)
        out_of_memory();
    return r;
}
