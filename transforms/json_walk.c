/* SPDX-License-Identifier: Apache-2.0
 * Stage 2: one pass over the tokens. simdjson's stage 1 vouches for UTF-8, for unescaped control
 * characters and that every string is closed; all the rest is checked here, in fields nobody
 * reads too.
 *
 * Two facts of the index carry the speed. Between two neighbouring tokens stands one token's
 * text and white space, nothing else, so a string ends at the last byte before the next token
 * that is no white space. And the last token of an object is '}', which is looked at first: any
 * other token has a successor inside the text, so only '}' and ']' need to look for the end.
 * Escapes are checked only in strings behind `slash`, the next backslash of the text. */
#include "json_walk.h"

#include "json_bytes.h"
#include "json_scan.h"
#include "json_string.h"

typedef struct frame {
    uint16_t node;              /* of the container, or JST_NO_NODE: nobody reads what is in it */
    bool object;
} frame;

typedef struct walker {
    const char *text, *end;
    const char *slash;          /* the first backslash not yet behind us, or end */
    const uint32_t *last;       /* the last token */
    const jst_plan *plan;
    jst_slot *slots;
    uint32_t depth;
    bool lone;
    frame stack[JST_JSON_DEPTH];
} walker;

/* ---- tokens ---------------------------------------------------------------------------------- */
/* `at`, the token at hand, is passed on its own so that it stays in a register. */
static inline char token(const walker *w, const uint32_t *at)
{
    return w->text[*at];
}

/* Behind the last byte of the token at hand. */
static inline const char *token_end(const walker *w, const uint32_t *at)
{
    const char *e = w->text + at[1];
    while (JOIST_LIKELY(e > w->text) && jst_json_space(e[-1]))
        e--;
    return e;
}

static bool check_escapes(walker *w, const char *from, const char *to)
{
    if (!jst_escapes_valid(from, to, &w->lone))
        return false;
    const char *next = memchr(to, '\\', (size_t)(w->end - to));
    w->slash = next ? next : w->end;
    return true;
}

/* The string at hand without its quotes. False: an escape is malformed. */
static inline bool read_string(walker *w, const uint32_t *at, const char **from, const char **to,
                               bool *escaped)
{
    *from = w->text + *at + 1;
    *to = token_end(w, at) - 1;
    *escaped = w->slash < *to;
    if (JOIST_LIKELY(!*escaped))
        return *to >= *from && **to == '"';
    return check_escapes(w, *from, *to);
}

static inline bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

static inline const char *digits(const char *p)
{
    while (is_digit(*p))
        p++;
    return p;
}

/* Behind the number at p, NULL if there is none. Stops at the next token at the latest: '}' is
 * no digit. */
static const char *number_end(const char *p)
{
    p += *p == '-';
    if (!is_digit(*p))
        return NULL;
    p = *p == '0' ? p + 1 : digits(p);
    if (*p == '.') {
        if (!is_digit(*++p))
            return NULL;
        p = digits(p);
    }
    if ((*p | 0x20) == 'e') {
        p++;
        p += *p == '+' || *p == '-';
        return is_digit(*p) ? digits(p) : NULL;
    }
    return p;
}

static inline const char *literal_end(const char *p, const char *limit, const char *word,
                                      size_t len)
{
    return (size_t)(limit - p) >= len && memcmp(p, word, len) == 0 ? p + len : NULL;
}

/* Behind the number or word at hand, which must fill its place up to the next token; NULL: it is
 * none. */
static inline const char *scalar_end(const walker *w, const uint32_t *at)
{
    const char *p = w->text + *at, *limit = w->text + at[1], *e;
    switch (*p) {
    case 't': e = literal_end(p, limit, "true", 4); break;
    case 'f': e = literal_end(p, limit, "false", 5); break;
    case 'n': e = literal_end(p, limit, "null", 4); break;
    default: e = number_end(p); break;
    }
    return e && jst_json_skip_space(e, limit) == limit ? e : NULL;
}

/* ---- what the plan keeps --------------------------------------------------------------------- */
/* A second member of the same name makes the first one, and all below it, never have been. */
static void forget(walker *w, uint16_t node)
{
    for (uint16_t i = node; i < w->plan->nodes[node].end; i++)
        w->slots[i].ptr = NULL;
}

static uint16_t child_escaped(walker *w, uint16_t node, const char *from, const char *to)
{
    joist_buffer decoded = { 0 };
    joist_buffer_reserve(&decoded, (size_t)(to - from));
    size_t len = jst_unescape(from, to, decoded.ptr);
    uint16_t child = jst_plan_child(w->plan, node, decoded.ptr, len, decoded.ptr + len);
    joist_buffer_free(&decoded);
    return child;
}

static inline uint16_t child_node(walker *w, uint16_t node, const char *from, const char *to,
                                  bool escaped)
{
    if (node == JST_NO_NODE)
        return node;
    size_t len = (size_t)(to - from);
    uint16_t child = JOIST_LIKELY(!escaped) ? jst_plan_child(w->plan, node, from, len, w->end)
                                            : child_escaped(w, node, from, to);
    if (child != JST_NO_NODE && w->slots[child].ptr)
        forget(w, child);
    return child;
}

/* ---- the walk -------------------------------------------------------------------------------- */
/* The functions below return the token behind what they read, NULL if it is not what must stand
 * there. */
typedef const uint32_t *tokens;

/* `"name" :`; sets *node to what the plan has for it. */
static inline tokens read_key(walker *w, tokens at, uint16_t parent, uint16_t *node)
{
    const char *from, *to;
    bool escaped;
    if (token(w, at) != '"' || !read_string(w, at, &from, &to, &escaped))
        return NULL;
    *node = child_node(w, parent, from, to, escaped);
    return token(w, at + 1) == ':' ? at + 2 : NULL;
}

/* After '{' or '[' (of a container that is not empty) or ',': the next member's name where there
 * is one. */
static inline tokens read_member_start(walker *w, tokens at, frame top, uint16_t *node)
{
    *node = JST_NO_NODE;
    return top.object ? read_key(w, at, top.node, node) : at;
}

static inline tokens open_container(walker *w, tokens at, uint16_t node, bool object)
{
    if (w->depth == JST_JSON_DEPTH)
        return NULL;
    w->stack[w->depth++] = (frame){ node, object };
    if (node != JST_NO_NODE)
        w->slots[node] = (jst_slot){ .ptr = w->text + *at };
    return at + 1;
}

/* A string, number or word. */
static inline tokens read_scalar(walker *w, tokens at, uint16_t node)
{
    const char *from = w->text + *at, *to;
    bool escaped = false;
    if (*from == '"') {
        const char *first;
        if (!read_string(w, at, &first, &to, &escaped))
            return NULL;
        to++;
    } else {
        to = scalar_end(w, at);
        if (!to)
            return NULL;
    }
    if (node != JST_NO_NODE)
        w->slots[node] = (jst_slot){ from, (uint32_t)(to - from), escaped, false };
    return at + 1;
}

/* At what follows a value and is no ',': the end of the container `top`, or something wrong. */
static inline tokens close_container(walker *w, tokens at, frame top)
{
    if (token(w, at) != (top.object ? '}' : ']'))
        return NULL;
    w->depth--;
    if (top.node != JST_NO_NODE)
        w->slots[top.node].len = (uint32_t)(w->text + *at + 1 - w->slots[top.node].ptr);
    return !w->depth == (at == w->last) ? at + 1 : NULL;
}

static bool walk(walker *w, tokens at)
{
    uint16_t node = JST_ROOT;
    frame top;
    for (;;) {
        char c = token(w, at);
        if (c == '{' || c == '[') {
            at = open_container(w, at, node, c == '{');
            if (!at)
                return false;
            top = w->stack[w->depth - 1];
            if (token(w, at) != (top.object ? '}' : ']'))
                goto member;
        } else {
            at = read_scalar(w, at, node);
            if (!at)
                return false;
            top = w->stack[w->depth - 1];
        }
        while (token(w, at) != ',') {
            at = close_container(w, at, top);
            if (!at || !w->depth)
                return at != NULL;
            top = w->stack[w->depth - 1];
        }
        at++;
member:
        at = read_member_start(w, at, top, &node);
        if (!at)
            return false;
    }
}

bool jst_json_walk(jst_walk *in)
{
    if (!in->index.count)
        return false;
    walker w;
    w.text = in->text.ptr;
    w.end = in->text.ptr + in->text.len;
    w.last = in->index.offsets + in->index.count - 1;
    if (token(&w, in->index.offsets) != '{' || token(&w, w.last) != '}')
        return false;
    w.slash = memchr(w.text, '\\', in->text.len);
    w.slash = w.slash ? w.slash : w.end;
    w.plan = in->plan;
    w.slots = in->slots;
    w.depth = 0;
    w.lone = false;
    bool ok = walk(&w, in->index.offsets);
    in->lone = w.lone;
    return ok;
}
