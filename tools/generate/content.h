/* SPDX-License-Identifier: Apache-2.0
 * The words events are made of: lists only, no code. Hosts and people are invented; the
 * identifiable ones use reserved names (.example, example.org) and documentation addresses. */
#ifndef GENERATE_CONTENT_H
#define GENERATE_CONTENT_H

#include <stddef.h>

typedef struct words { const char *const *items; size_t count; } words;
typedef struct named { const char *slug, *name; } named;
typedef struct person { const char *first, *last; } person;
typedef struct comment { const char *reason, *text; } comment;
typedef struct custom { const char *key, *type, *label; } custom;

extern const words host_words, idn_hosts, sendable_domains, reserved_domains, url_paths, site_names;
extern const words software, php_versions, mysql_versions, upload_sizes, time_zones, locales;
extern const words memory_limits, wp_versions, extra_roles, themes_authors, product_words;
extern const words default_reasons, custom_reasons, user_comments, client_versions[5];
extern const named plugin_names[], theme_names[];
extern const size_t plugin_names_count, theme_names_count;
extern const person people[];
extern const size_t people_count;
extern const custom custom_fields[];
extern const size_t custom_fields_count;

#define PICK(r, list) ((list).items[rng_below((r), (list).count)])

#endif
