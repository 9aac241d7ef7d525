/* SPDX-License-Identifier: Apache-2.0
 * One line, redrawn in place. Nothing is shown in the first second: short runs stay silent. What
 * does not fit is left out from the right, the bar before the numbers; the line never wraps,
 * because a wrapped line cannot be redrawn. The estimate of the time left assumes that bytes go on
 * at the pace so far. */
#include "progress.h"

#include "errors.h"
#include "escape.h"
#include "format.h"
#include "json_out.h"

#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_MIN = 40, WIDTH_MAX = 200, WIDTH_DEFAULT = 80, BAR_MAX = 30, BAR_MIN = 8 };

jst_cli_progress jst_cli_progress_new(FILE *out, jst_cli_show show)
{
    bool terminal = jst_cli_is_terminal(fileno(out));
    if (show == JST_CLI_AUTO)
        show = terminal ? JST_CLI_ALWAYS : JST_CLI_NEVER;
    return (jst_cli_progress){ .out = out, .show = show, .plain = !terminal };
}

/* ---- the line -------------------------------------------------------------------------------- */
static bool known_total(const joist_report *r)
{
    return r->bytes_total > 0;
}

static double share_done(const joist_report *r)
{
    double share = (double)r->bytes / (double)r->bytes_total;
    return share > 1 ? 1 : share;
}

static void print_eta(joist_buffer *out, const joist_report *r)
{
    double rate = (double)r->bytes / r->seconds;
    double left = r->bytes < r->bytes_total ? (double)(r->bytes_total - r->bytes) / rate : 0;
    if (!(rate > 0) || left >= 100 * 3600.0)
        return;
    unsigned s = (unsigned)(left + 0.5);
    if (s >= 3600)
        joist_buffer_printf(out, "  ETA %u:%02u:%02u", s / 3600, s / 60 % 60, s % 60);
    else
        joist_buffer_printf(out, "  ETA %02u:%02u", s / 60, s % 60);
}

/* The parts behind the bar, most important first; each is kept only if the line still fits. */
static void print_part(joist_buffer *out, const joist_buffer *part, size_t width)
{
    if (out->len + part->len <= width)
        joist_buffer_text(out, joist_buffer_view(part));
}

static void print_numbers(joist_buffer *out, const joist_report *r, size_t width)
{
    joist_arena *a = joist_arena_new();
    joist_buffer part = { 0 };
    double s = r->seconds > 0 ? r->seconds : 1;
    joist_buffer_printf(&part, "  %.*s records", JOIST_ARG(jst_cli_short(a, (double)r->records)));
    print_part(out, &part, width);
    part.len = 0;
    joist_buffer_printf(&part, "  %.*s/s", JOIST_ARG(jst_cli_bytes(a, (double)r->bytes / s)));
    print_part(out, &part, width);
    part.len = 0;
    if (known_total(r))
        print_eta(&part, r);
    print_part(out, &part, width);
    part.len = 0;
    if (r->rejected)
        joist_buffer_printf(&part, "  %.*s rejected",
                            JOIST_ARG(jst_cli_short(a, (double)r->rejected)));
    print_part(out, &part, width);
    joist_buffer_free(&part);
    joist_arena_free(a);
}

static void print_bar(joist_buffer *out, const joist_report *r, size_t room)
{
    size_t cells = room > BAR_MAX ? BAR_MAX : room, full = (size_t)(share_done(r) * (double)cells);
    joist_buffer_printf(out, "  [");
    for (size_t i = 0; i < cells; i++)
        joist_buffer_byte(out, i < full ? '#' : '-');
    joist_buffer_byte(out, ']');
}

void jst_cli_progress_line(joist_buffer *out, const joist_report *r, size_t width)
{
    width = width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
    joist_buffer line = { 0 }, tail = { 0 };
    joist_buffer_printf(&line, "%.20s", r->pipeline ? r->pipeline : "");
    if (known_total(r))
        joist_buffer_printf(&tail, "  %3.0f %%", share_done(r) * 100);
    print_numbers(&tail, r, width - line.len);
    size_t used = line.len + tail.len + 4;
    if (known_total(r) && used + BAR_MIN <= width)
        print_bar(&line, r, width - used);
    joist_buffer_text(&line, joist_buffer_view(&tail));
    joist_buffer_text(out, joist_buffer_view(&line));
    joist_buffer_free(&line);
    joist_buffer_free(&tail);
}

void jst_cli_progress_json(joist_buffer *out, const joist_report *r)
{
    json_t *o = json_object();
    jst_cli_json_text(o, "progress", joist_text_of(r->pipeline));
    jst_cli_json_text(o, "run", r->run_id);
    jst_cli_json_text(o, "status", joist_text_of(r->status));
    jst_cli_json_seconds(o, "seconds", r->seconds);
    jst_cli_json_count(o, "files", r->files);
    jst_cli_json_count(o, "records", r->records);
    jst_cli_json_count(o, "rejected", r->rejected);
    jst_cli_json_count(o, "bytes", r->bytes);
    if (known_total(r))
        jst_cli_json_count(o, "bytes_total", r->bytes_total);
    else
        json_object_set_new(o, "bytes_total", json_null());
    jst_cli_json_line(out, o);
}

/* ---- when and where -------------------------------------------------------------------------- */
static size_t terminal_width(int fd)
{
    struct winsize size = { 0 };
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : WIDTH_DEFAULT;
}

static double interval(const jst_cli_progress *p)
{
    if (p->show == JST_CLI_JSON)
        return 1;
    return p->plain ? 10 : 0.09;
}

static bool is_due(const jst_cli_progress *p, const joist_report *r)
{
    if (p->show == JST_CLI_NEVER || r->seconds < 1)
        return false;
    return p->last <= 0 || r->seconds - p->last >= interval(p);
}

static void draw(jst_cli_progress *p, joist_buffer *out, const joist_report *r)
{
    if (!p->plain)
        joist_buffer_byte(out, '\r');
    /* One column stays free: a full line makes some terminals wrap. */
    jst_cli_progress_line(out, r, terminal_width(fileno(p->out)) - 1);
    joist_buffer_printf(out, "%s", p->plain ? "\n" : "\x1b[K");
    p->drawn = !p->plain;
}

void jst_cli_progress_update(jst_cli_progress *p, const joist_report *r)
{
    if (!is_due(p, r))
        return;
    joist_buffer out = { 0 };
    if (p->show == JST_CLI_JSON)
        jst_cli_progress_json(&out, r);
    else
        draw(p, &out, r);
    fwrite(out.ptr, 1, out.len, p->out);
    fflush(p->out);
    joist_buffer_free(&out);
    p->last = r->seconds;
}

void jst_cli_progress_clear(jst_cli_progress *p)
{
    if (!p->drawn)
        return;
    fputs("\r\x1b[K", p->out);
    fflush(p->out);
    p->drawn = false;
}
