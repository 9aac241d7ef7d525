/* SPDX-License-Identifier: Apache-2.0
 * What was rejected: every code with its count, and the first dead letters of each. Their file may
 * be of any size, so only its beginning is looked at, and long elements are cut. */
#include "page_parts.h"

#include "../../transforms/json_value.h"
#include "escape.h"
#include "format.h"

#include <stdio.h>

enum { SAMPLES = 3, LOOK = 16 << 20, SHOWN = 1200 };

/* ---- the file -------------------------------------------------------------------------------- */

/* The first LOOK bytes of the dead letters; nothing if they cannot be read. */
static void read_letters(joist_text path, joist_buffer *out)
{
    char *name = joist_text_dup(path);
    FILE *f = path.len ? fopen(name, "re") : NULL;
    if (f) {
        size_t n = 1;
        while (n > 0 && out->len < LOOK) {
            n = fread(joist_buffer_reserve(out, 1 << 16), 1, 1 << 16, f);
            out->len += n;
        }
        fclose(f);
    }
    joist_free(name);
}

/* One line off the head; false: no whole line is left. */
static bool next_line(joist_text *rest, joist_text *line)
{
    const char *end = rest->len ? memchr(rest->ptr, '\n', rest->len) : NULL;
    if (!end)
        return false;
    *line = (joist_text){ rest->ptr, (size_t)(end - rest->ptr) };
    rest->ptr = end + 1;
    rest->len -= line->len + 1;
    return true;
}

/* {CODE: [letters]} */
static json_t *letters_by_code(const json_t *run)
{
    json_t *samples = json_object(), *dead = json_object_get(run, "dead");
    joist_buffer text = { 0 };
    if (json_is_string(dead))
        read_letters(joist_text_of(json_string_value(dead)), &text);
    joist_text rest = joist_buffer_view(&text), line;
    while (next_line(&rest, &line)) {
        json_t *letter = json_loadb(line.ptr, line.len, JSON_ALLOW_NUL, NULL);
        const char *code = json_string_value(json_object_get(letter, "code"));
        json_t *list = code ? json_object_get(samples, code) : NULL;
        if (code && !list) {
            json_object_set_new(samples, code, json_array());
            list = json_object_get(samples, code);
        }
        if (list && json_array_size(list) < SAMPLES)
            json_array_append(list, letter);
        json_decref(letter);
    }
    joist_buffer_free(&text);
    return samples;
}

/* ---- a letter -------------------------------------------------------------------------------- */

static void print_cut(joist_buffer *out, joist_text t)
{
    size_t n = t.len < SHOWN ? t.len : SHOWN;
    while (n < t.len && n > 0 && ((unsigned char)t.ptr[n] & 0xc0) == 0x80)
        n--;
    joist_buffer_printf(out, "<pre>");
    for (joist_text rest = { t.ptr, n }, line; rest.len;) {
        if (!next_line(&rest, &line)) {
            jst_page_text(out, rest);
            break;
        }
        jst_page_text(out, line);
        joist_buffer_byte(out, '\n');
    }
    if (n < t.len)
        joist_buffer_printf(out, "\n<span class=\"dim\">… %zu bytes more</span>", t.len - n);
    joist_buffer_printf(out, "</pre>");
}

static int append(const char *bytes, size_t len, void *out)
{
    joist_buffer_add(out, bytes, len);
    return 0;
}

static void print_element(joist_buffer *out, const jst_page *p, const json_t *letter)
{
    const json_t *element = json_object_get(letter, "element");
    const json_t *raw = json_object_get(letter, "raw");
    joist_bytes bytes;
    joist_buffer text = { 0 };
    if (element && !json_is_null(element)) {
        json_dump_callback(element, append, &text, JSON_INDENT(1) | JSON_ENCODE_ANY);
        print_cut(out, joist_buffer_view(&text));
    } else if (json_is_string(raw)
               && jst_base64_decode((joist_text){ json_string_value(raw), json_string_length(raw) },
                                    p->a, &bytes)) {
        print_cut(out, (joist_text){ bytes.ptr, bytes.len });
    }
    joist_buffer_free(&text);
}

static void print_letter(joist_buffer *out, const jst_page *p, const json_t *letter)
{
    const json_t *source = json_object_get(letter, "source");
    joist_buffer_printf(out, "<div class=\"letter\"><p>");
    jst_page_string(out, letter, "message");
    joist_buffer_printf(out, "</p><p class=\"dim mono\">");
    jst_page_string(out, letter, "stage");
    if (json_is_string(json_object_get(source, "uri"))) {
        joist_buffer_printf(out, " · ");
        jst_page_string(out, source, "uri");
        if (jst_page_count(source, "line") >= 0)
            joist_buffer_printf(out, ":%lld", (long long)jst_page_count(source, "line"));
    }
    joist_buffer_printf(out, "</p>");
    print_element(out, p, letter);
    joist_buffer_printf(out, "</div>\n");
}

/* ---- codes ----------------------------------------------------------------------------------- */

static const char *help_in(const joist_code *codes, const char *code)
{
    for (; codes && codes->code; codes++)
        if (strcmp(codes->code, code) == 0)
            return codes->help;
    return NULL;
}

static joist_text help_of(const jst_page *p, const char *code)
{
    const char *help = help_in(p->def->codes, code);
    return joist_text_of(help ? help : help_in(joist_codes, code));
}

typedef struct rejected { const char *code; uint64_t count; } rejected;

/* Greatest count first. */
static size_t sort_codes(json_t *codes, rejected *out)
{
    const char *code;
    json_t *n;
    size_t count = 0;
    json_object_foreach(codes, code, n) {
        rejected one = { code, json_integer_value(n) > 0 ? (uint64_t)json_integer_value(n) : 0 };
        size_t k = count++;
        for (; k > 0 && out[k - 1].count < one.count; k--)
            out[k] = out[k - 1];
        out[k] = one;
    }
    return count;
}

static void print_code(joist_buffer *out, const jst_page *p, const rejected *r, json_t *samples,
                       uint64_t most)
{
    json_t *letters = json_object_get(samples, r->code);
    joist_buffer_printf(out, "<details class=\"code\"><summary><span class=\"line\">"
                             "<b class=\"mono key\">");
    jst_page_text(out, joist_text_of(r->code));
    joist_buffer_printf(out, "</b><span class=\"dim\">");
    jst_page_text(out, help_of(p, r->code));
    joist_buffer_printf(out, "</span><b class=\"n red\">%.*s</b></span>"
                             "<span class=\"bar red\" style=\"width:%.1f%%\"></span></summary>\n",
                        JOIST_ARG(jst_cli_grouped(p->a, r->count)),
                        most ? 100 * (double)r->count / (double)most : 0);
    for (size_t i = 0; i < json_array_size(letters); i++)
        print_letter(out, p, json_array_get(letters, i));
    if (json_array_size(letters) == 0)
        joist_buffer_printf(out, "<div class=\"letter dim\">No dead letter of this code was found."
                                 "</div>");
    joist_buffer_printf(out, "</details>\n");
}

void jst_page_rejects(joist_buffer *out, const jst_page *p)
{
    json_t *codes = json_object_get(p->counts->run, "rejected");
    rejected *sorted = joist_arena_alloc(p->a, (json_object_size(codes) + 1) * sizeof *sorted);
    size_t count = sort_codes(codes, sorted);
    joist_buffer_printf(out, "<h2>Rejected</h2>\n");
    if (count == 0) {
        joist_buffer_printf(out, "<p class=\"note\">Nothing was rejected.</p>\n");
        return;
    }
    json_t *samples = letters_by_code(p->counts->run);
    joist_buffer_printf(out, "<div class=\"card\">\n");
    for (size_t i = 0; i < count; i++)
        print_code(out, p, &sorted[i], samples, sorted[0].count);
    joist_buffer_printf(out, "</div>\n");
    if (json_is_string(json_object_get(p->counts->run, "dead"))) {
        joist_buffer_printf(out, "<p class=\"note\">All of them: <code>");
        jst_page_string(out, p->counts->run, "dead");
        joist_buffer_printf(out, "</code></p>\n");
    }
    json_decref(samples);
}
