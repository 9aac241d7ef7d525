/* SPDX-License-Identifier: Apache-2.0
 * See project.h. Tests: event_test.c */
#include "project.h"

#include <ctype.h>
#include <stdio.h>

#include "random.h"

void uuid_format(uint64_t high, uint64_t low, char version, char out[37])
{
    static const char digits[] = "0123456789abcdef";
    uint64_t words_[2] = { high, low };
    for (int i = 0, at = 0; i < 32; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            out[at++] = '-';
        out[at++] = digits[words_[i / 16] >> (60 - i % 16 * 4) & 15];
    }
    out[14] = version;
    out[19] = digits[8 + (low >> 60 & 3)];
    out[36] = '\0';
}

/* Few sharing one slug stay apart by the project's number. */
static void name_project(project *p, size_t i, rng *r)
{
    const char *a = PICK(r, product_words), *b = PICK(r, product_words);
    snprintf(p->id, sizeof p->id, "p%zu", i + 1);
    snprintf(p->name, sizeof p->name, "%s %s %zu", a, b, i + 1);
    snprintf(p->slug, sizeof p->slug, "%s-%s-%zu", a, b, i + 1);
    for (char *c = p->slug; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    uint64_t high = rng_next(r), low = rng_next(r);
    uuid_format(high, low, '4', p->hash);
}

static void choose_lists(project *p, rng *r)
{
    size_t first = rng_below(r, custom_reasons.count), reasons = rng_below(r, PROJECT_REASONS + 1);
    for (size_t i = 0; i < reasons; i++)
        p->reasons[p->reasons_count++] = custom_reasons.items[(first + i) % custom_reasons.count];
    size_t start = rng_below(r, custom_fields_count), fields = rng_below(r, PROJECT_FIELDS + 1);
    for (size_t i = 0; i < fields; i++)
        p->fields[p->fields_count++] = &custom_fields[(start + i) % custom_fields_count];
}

project *projects_make(uint64_t seed, size_t count)
{
    project *all = joist_calloc(count, sizeof *all);
    for (size_t i = 0; i < count; i++) {
        rng r = rng_of(seed, STREAM_PROJECT, i);
        name_project(&all[i], i, &r);
        choose_lists(&all[i], &r);
        all[i].active = i % 10 != 6;
        all[i].theme = i % 8 == 5;
        all[i].mailchimp = rng_percent(&r, 25);
        all[i].mailjet = rng_percent(&r, 10);
        all[i].wemail = rng_percent(&r, 15);
    }
    return all;
}

static void write_lists(const project *p, joist_buffer *out)
{
    joist_buffer_printf(out, ",\"reasons\":[");
    for (size_t i = 0; i < p->reasons_count; i++)
        joist_buffer_printf(out, "%s{\"slug\":\"%s\",\"label\":\"%s\",\"active\":%s}", i ? "," : "",
                            p->reasons[i], p->reasons[i],
                            i + 1 == p->reasons_count ? "false" : "true");
    joist_buffer_printf(out, "],\"custom_fields\":[");
    for (size_t i = 0; i < p->fields_count; i++)
        joist_buffer_printf(out, "%s{\"key\":\"%s\",\"label\":\"%s\",\"type\":\"%s\"}",
                            i ? "," : "",
                            p->fields[i]->key, p->fields[i]->label, p->fields[i]->type);
}

void projects_write(const project *projects, size_t count, joist_buffer *out)
{
    for (const project *p = projects; p < projects + count; p++) {
        joist_buffer_printf(out, "{\"_id\":\"%s\",\"hash\":\"%s\",\"slug\":\"%s\",\"name\":\"%s\"",
                            p->id, p->hash, p->slug, p->name);
        joist_buffer_printf(out, ",\"type\":\"%s\",\"active\":%s", p->theme ? "theme" : "plugin",
                            p->active ? "true" : "false");
        write_lists(p, out);
        joist_buffer_printf(out,
                            "],\"integrations\":{\"mailchimp\":{\"enabled\":%s,\"list\":\"l-1\","
                            "\"tags\":[\"left\"]},\"mailjet\":{\"enabled\":%s},\"wemail\":"
                            "{\"enabled\":%s}}}\n", p->mailchimp ? "true" : "false",
                            p->mailjet ? "true" : "false", p->wemail ? "true" : "false");
    }
}
