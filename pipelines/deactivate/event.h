/* SPDX-License-Identifier: Apache-2.0
 * What a plugin sends, and the event that is made of it. Field lists are put together from parts,
 * so that what both have, and every table, is written once and in one order. */
#ifndef DEACTIVATE_EVENT_H
#define DEACTIVATE_EVENT_H

#include <joist.h>

#define NAMES(F, T)                                                                               \
    F(T, joist_text, first_name, JOIST_PII)                                                       \
    F(T, joist_text, last_name, JOIST_PII)

#define REASON(F, T)                                                                              \
    F(T, joist_text, reason_id, 0)                                                                \
    F(T, joist_text, reason_info, 0, .limit = 4096)

#define SOFTWARE(F, T)                                                                            \
    F(T, joist_text, project_version, 0, .from = "project_version|version")                       \
    F(T, joist_text, client_version, 0, .from = "client")                                         \
    F(T, joist_text, wp_version, 0, .from = "wp.version")                                         \
    F(T, joist_text, locale, 0, .from = "wp.locale")                                              \
    F(T, joist_text, theme_slug, 0, .from = "wp.theme_slug|theme")                                \
    F(T, joist_text, theme_name, 0, .from = "wp.theme_name")                                      \
    F(T, joist_text, theme_version, 0, .from = "wp.theme_version")                                \
    F(T, joist_text, php_version, 0, .from = "server.php_version")                                \
    F(T, joist_text, mysql_version, 0, .from = "server.mysql_version")                            \
    F(T, joist_text, server_software, 0, .from = "server.software")                               \
    F(T, joist_bool, debug_mode, 0, .from = "wp.debug_mode")                                      \
    F(T, joist_bool, multisite, 0, .from = "wp.multisite")                                        \
    F(T, joist_int, users_total, 0, .from = "users.total")                                        \
    F(T, joist_int, active_plugins, 0)                                                            \
    F(T, joist_int, inactive_plugins, 0)                                                          \
    F(T, joist_bool, tracking_skipped, 0)                                                         \
    F(T, joist_bool, is_local, 0)

/* ---- what is sent ---------------------------------------------------------------------------- */
#define COLLECTOR(F, T)                                                                           \
    F(T, joist_text, request_id, JOIST_IF_OBJECT, .from = "_collector.request_id")                \
    F(T, joist_text, received_at, JOIST_IF_OBJECT, .from = "_collector.received_at")              \
    F(T, joist_text, remote_ip, JOIST_IF_OBJECT | JOIST_PII, .from = "_collector.remote_ip")

#define SENT(F, T)                                                                                \
    F(T, joist_text, hash, 0)                                                                     \
    F(T, joist_text, url, JOIST_ENTITIES, .limit = 2048)                                          \
    F(T, joist_text, site, JOIST_ENTITIES)                                                        \
    F(T, joist_text, email, JOIST_PII, .from = "admin_email|user_email")                          \
    F(T, joist_json, ip_address, JOIST_PII, .help = "looked at if remote_ip is not valid")        \
    NAMES(F, T) REASON(F, T) SOFTWARE(F, T) COLLECTOR(F, T)                                       \
    F(T, joist_json, users, 0) F(T, joist_json, plugins, 0) F(T, joist_json, extra, 0)
JOIST_RECORD_EXTERN(sent, SENT);

#define PARSED(F, T)                                                                              \
    F(T, sent, sent, 0, JOIST_OF(sent))                                                           \
    F(T, joist_text_list, warnings, 0, .help = "what decoding found, unsorted")
JOIST_RECORD_EXTERN(parsed, PARSED);

/* ---- events ---------------------------------------------------------------------------------- */
#define IDENTITY(F, T)                                                                            \
    F(T, joist_text, event_id, JOIST_REQUIRED)                                                    \
    F(T, joist_time, deactivated_at, JOIST_REQUIRED)                                              \
    F(T, joist_time, window_start, JOIST_REQUIRED, .help = "the hour it was received in")         \
    F(T, joist_text, project_hash, JOIST_REQUIRED)                                                \
    F(T, joist_text, project_id, JOIST_REQUIRED)                                                  \
    F(T, joist_text, url, JOIST_REQUIRED)                                                         \
    F(T, joist_text, site_url, JOIST_REQUIRED, .help = "host[:port][path]")                       \
    F(T, joist_text, site_key, JOIST_REQUIRED, .help = "half of the SHA-256 of site_url")         \
    F(T, joist_text, id, JOIST_REQUIRED, .help = "project_id:site_key")                           \
    F(T, joist_text, site_name, 0)                                                                \
    F(T, joist_text, admin_email, JOIST_PII)                                                      \
    NAMES(F, T)                                                                                   \
    F(T, joist_text, ip, JOIST_PII)

#define PLACE(F, T) F(T, bool, is_local_host, 0)

#define MAPS(F, T)                                                                                \
    F(T, joist_json, users, 0, .help = "{role: count}")                                           \
    F(T, joist_json, plugins, 0, .help = "[{slug, name, version}]")                               \
    F(T, joist_json, custom_fields, 0, .help = "{key: value}")

#define RUN(F, T)                                                                                 \
    F(T, joist_text_list, warnings, 0)                                                            \
    F(T, joist_text, run_id, JOIST_REQUIRED)                                                      \
    F(T, joist_time, ingested_at, JOIST_REQUIRED)

#define EVENT(F, T)                                                                               \
    IDENTITY(F, T) REASON(F, T) SOFTWARE(F, T) PLACE(F, T) MAPS(F, T) RUN(F, T)
JOIST_RECORD_EXTERN(event, EVENT);

/* ---- rules of single fields ------------------------------------------------------------------ */

/* 8-4-4-4-12 hex digits in lower case. */
bool is_project_hash(joist_text t);

/* The request's id, or one made of the place the record stands at. */
joist_text event_id_of(const sent *s, const joist_position *at, joist_arena *a);

/* When the collector received it, if that can be true of its folder hour; else the folder hour or
 * the file's own time. */
joist_time deactivated_at_of(const sent *s, const joist_origin *from, joist_warnings *w);
joist_time window_start_of(const joist_origin *from, joist_time deactivated_at);

joist_text admin_email_of(const sent *s, joist_arena *a, joist_warnings *w);
joist_text ip_of(const sent *s, joist_arena *a, joist_warnings *w);
joist_text reason_id_of(const sent *s, joist_warnings *w);

#endif
