/* SPDX-License-Identifier: Apache-2.0
 * PHP's rules (php_register_variable_ex of 8.2), which senders rely on without knowing them:
 *
 *   a.b c=1      in a name ' ' and '.' become '_' up to the first '['; leading spaces go
 *   a[b][c]=1    a -> b -> c; what follows the last ']' is ignored
 *   a[]=1        the greatest index so far + 1; one white space before the ']' does not count
 *   a[b=1        no ']': the name is a_b; a[b][c=1 is a[b]
 *   a=1&a[b]=2   the last one wins, at the place of the first
 *   [a]=1  =1    no name: dropped; a name ends at a NUL byte
 *
 * Members are found by one hash table over all containers, keyed by (container, key): a container
 * that was overwritten leaves entries behind that nothing can find, because numbers are not used
 * again. */
#include "form.h"

#include "joist/text.h"
#include "limits.h"

#include <ctype.h>

enum { FIRST_SLOTS = 128 };

typedef struct builder {
    form *form;
    joist_arena *arena;
    char *room;                 /* for decoded bytes: never more than there are encoded ones */
    form_node **slots;
    size_t slots_count, nodes;
    uint64_t seed, containers;
} builder;

/* A name as the way to its value: the root's member first. A NULL text: the next free index. */
typedef struct path {
    joist_text steps[DEPTH_MAX];
    size_t count;
    bool too_deep;
} path;

/* ---- bytes ----------------------------------------------------------------------------------- */
static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* '+' is a space, %XX a byte, and a '%' without two digits behind it itself. */
static joist_text unescape(builder *b, joist_text t)
{
    char *out = b->room, *to = out;
    for (const char *p = t.ptr, *end = p + t.len; p < end; p++) {
        int high = *p == '%' && end - p > 2 ? hex(p[1]) : -1;
        int low = high >= 0 ? hex(p[2]) : -1;
        if (low >= 0) {
            *to++ = (char)(high << 4 | low);
            p += 2;
        } else {
            *to++ = *p == '+' ? ' ' : *p;
        }
    }
    b->room = to;
    return (joist_text){ out, (size_t)(to - out) };
}

/* ---- keys ------------------------------------------------------------------------------------ */
/* Is the key an index, as PHP's arrays see it: decimal, no leading zeros, in int64? */
static bool index_of(joist_text key, int64_t *out)
{
    bool minus = key.len && *key.ptr == '-';
    const char *digits = key.ptr + minus;
    size_t n = key.len - minus;
    if (n == 0 || n > 19 || !isdigit((unsigned char)*digits) || (*digits == '0' && key.len > 1))
        return false;
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isdigit((unsigned char)digits[i]))
            return false;
        sum = sum * 10 + (uint64_t)(digits[i] - '0');
    }
    if (sum > (uint64_t)INT64_MAX + minus)
        return false;
    *out = minus ? (int64_t)(0 - sum) : (int64_t)sum;
    return true;
}

static joist_text next_key(const builder *b, const form_node *container)
{
    int64_t index = container->next_index == INT64_MIN ? 0 : container->next_index;
    return joist_arena_printf(b->arena, "%lld", (long long)index);
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)(a ^ 0x9e3779b97f4a7c15u) * (b ^ 0xbf58476d1ce4e5b9u);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_of(const builder *b, uint64_t in, joist_text key)
{
    uint64_t h = mix(b->seed, in), word;
    const char *p = key.ptr;
    size_t left = key.len;
    for (; left >= 8; left -= 8, p += 8) {
        memcpy(&word, p, 8);
        h = mix(h ^ b->seed, word);
    }
    word = 0;
    memcpy(&word, p, left);
    return mix(h ^ b->seed, word ^ key.len << 56);
}

/* ---- the tree -------------------------------------------------------------------------------- */
/* The slot of the member, or the free one where it belongs. */
static form_node **slot_of(const builder *b, uint64_t in, joist_text key)
{
    size_t mask = b->slots_count - 1, i = hash_of(b, in, key) & mask;
    while (b->slots[i] && (b->slots[i]->in != in || !joist_text_equal(b->slots[i]->key, key)))
        i = (i + 1) & mask;
    return &b->slots[i];
}

static void grow(builder *b)
{
    form_node **old = b->slots;
    size_t count = b->slots_count;
    b->slots_count = count ? count * 2 : FIRST_SLOTS;
    b->slots = joist_arena_zalloc(b->arena, b->slots_count * sizeof(form_node *));
    for (size_t i = 0; i < count; i++)
        if (old[i])
            *slot_of(b, old[i]->in, old[i]->key) = old[i];
}

static void make_container(builder *b, form_node *n)
{
    n->value = JOIST_NO_TEXT;
    n->first = n->last = NULL;
    n->count = 0;
    n->next_index = INT64_MIN;
    n->list = true;
    n->id = b->containers++;
}

static void append(form_node *container, form_node *n)
{
    int64_t index;
    bool numbered = index_of(n->key, &index);
    container->list = container->list && numbered && index >= 0
        && (size_t)index == container->count;
    if (numbered && index >= container->next_index)
        container->next_index = index == INT64_MAX ? index : index + 1;
    if (container->last)
        container->last->next = n;
    else
        container->first = n;
    container->last = n;
    container->count++;
}

/* The member of that key (a NULL key: of the next index), made if it is new; NULL: no index is
 * left. */
static form_node *member(builder *b, form_node *container, joist_text key)
{
    bool next = joist_text_null(key);
    if (next)
        key = next_key(b, container);
    if (b->nodes * 2 >= b->slots_count)
        grow(b);
    form_node **slot = slot_of(b, container->id, key);
    if (*slot)
        return next ? NULL : *slot;
    form_node *n = joist_arena_zalloc(b->arena, sizeof *n);
    n->key = key;
    n->value = JOIST_TEXT("");
    n->in = container->id;
    *slot = n;
    b->nodes++;
    append(container, n);
    return n;
}

static void put(builder *b, const path *way, joist_text value)
{
    form_node *at = &b->form->root;
    for (size_t i = 0; at && i < way->count; i++) {
        if (at->value.ptr)
            make_container(b, at);
        at = member(b, at, way->steps[i]);
    }
    if (at) {
        at->value = value;
        b->form->leaves++;
    }
}

/* ---- names ----------------------------------------------------------------------------------- */
static void step(path *way, joist_text key)
{
    if (way->count < DEPTH_MAX)
        way->steps[way->count++] = key;
    else
        way->too_deep = true;
}

static void mangle(char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (s[i] == ' ' || s[i] == '.' || s[i] == '[')
            s[i] = '_';
}

/* The chain of indices from the '[' at s[at] on. False: its first one has no ']'. */
static bool walk(path *way, const char *s, size_t len, size_t at)
{
    bool first = true;
    for (; at < len && s[at] == '['; first = false) {
        size_t from = at + 1, p = from;
        if (p < len && isspace((unsigned char)s[p]))
            p++;
        const char *close = p < len ? memchr(s + p, ']', len - p) : NULL;
        if (!close)
            return !first;
        bool next = s + p == close;
        step(way, next ? JOIST_NO_TEXT : (joist_text){ s + from, (size_t)(close - s) - from });
        at = (size_t)(close - s) + 1;
    }
    return true;
}

/* False: no name. */
static bool parse_name(path *way, char *s, size_t len)
{
    const char *nul = memchr(s, '\0', len);
    len = nul ? (size_t)(nul - s) : len;
    for (; len && *s == ' '; len--)
        s++;
    const char *open = memchr(s, '[', len);
    size_t head = open ? (size_t)(open - s) : len;
    if (head == 0)
        return false;
    mangle(s, head);
    *way = (path){ .steps = { { s, head } }, .count = 1 };
    if (!walk(way, s, len, head)) {
        mangle(s, len);
        way->steps[0].len = len;
    }
    return true;
}

static void pair(builder *b, joist_text t)
{
    const char *equals = t.len ? memchr(t.ptr, '=', t.len) : NULL;
    size_t name_len = equals ? (size_t)(equals - t.ptr) : t.len;
    char *name = b->room;
    size_t len = unescape(b, (joist_text){ t.ptr, name_len }).len;
    joist_text value = JOIST_TEXT("");
    if (equals)
        value = unescape(b, (joist_text){ equals + 1, t.len - name_len - 1 });
    path way;
    if (!parse_name(&way, name, len))
        return;
    if (way.too_deep || b->form->leaves >= LEAVES_MAX)
        b->form->truncated = true;
    else
        put(b, &way, value);
}

void form_decode(form *f, joist_text body, uint64_t seed, joist_arena *arena)
{
    *f = (form){ .truncated = false };
    builder b = { .form = f, .arena = arena, .seed = seed };
    b.room = joist_arena_alloc(arena, body.len + 1);
    make_container(&b, &f->root);
    grow(&b);
    joist_text part;
    while (joist_next_part(&body, '&', &part))
        pair(&b, part);
}

const form_node *form_member(const form_node *container, joist_text key)
{
    for (const form_node *n = container->first; n; n = n->next)
        if (joist_text_equal(n->key, key))
            return n;
    return NULL;
}
