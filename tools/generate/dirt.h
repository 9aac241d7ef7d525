/* SPDX-License-Identifier: Apache-2.0
 * Everything that real senders, relays and disks get wrong, one function each. DIRT is the
 * whole list: where it strikes, its name, its weight among the others, what it does.
 *
 *   VALUE  changes the event while it is still a tree (dirt_value.c, dirt_site.c, dirt_key.c)
 *   TEXT   changes the record's bytes                        (dirt_text.c)
 *   FILE   changes the bytes of the file the record is in; not with ndjson (dirt_file.c) */
#ifndef GENERATE_DIRT_H
#define GENERATE_DIRT_H

#include "event.h"

#define DIRT(X)                                                                                 \
    X(VALUE, json_numbers, 20, "counts as JSON numbers and JSON booleans, not strings")         \
    X(VALUE, odd_booleans, 20, "\"Nop\", \"TRUE\", \"on\", 2 where yes or no is meant")         \
    X(VALUE, empty_booleans, 12, "\"\" for false")                                              \
    X(VALUE, bad_counts, 20, "\"n/a\", 1.5, \" 7 \", \"+3\" as a count")                        \
    X(VALUE, big_numbers, 12, "numbers beyond int64 and double, read and unread")               \
    X(VALUE, array_maps, 20, "[] where a map is meant, as PHP writes empty arrays")             \
    X(VALUE, list_maps, 12, "lists with items where a map is meant")                            \
    X(VALUE, scalar_maps, 12, "\"\", null, a word or a number where a map is meant")            \
    X(VALUE, nested_junk, 16, "objects and arrays where a single value is meant")               \
    X(VALUE, odd_keys, 12, "keys with dots, spaces, brackets, $, other scripts, nothing")       \
    X(VALUE, undeclared_fields, 16, "extra keys that the project does not know")                \
    X(VALUE, mistyped_fields, 16, "declared extra keys with values of another type")            \
    X(VALUE, null_fields, 12, "null nearly everywhere")                                         \
    X(VALUE, missing_fields, 12, "half of the members are absent")                              \
    X(VALUE, padded_values, 12, "white space around values")                                    \
    X(VALUE, version_suffixes, 12, "versions with suffixes, words, nothing")                    \
    X(VALUE, control_escapes, 12, "escaped control characters, NUL among them")                 \
    X(VALUE, lone_surrogates, 12, "half of a surrogate pair, escaped")                          \
    X(VALUE, bad_utf8, 20, "Latin-1, cut, overlong and surrogate bytes inside strings")         \
    X(VALUE, raw_controls, 8, "unescaped control characters in a string: no JSON")              \
    X(VALUE, odd_entities, 12, "doubled, numeric, impossible XML entities")                     \
    X(VALUE, html_comment, 12, "HTML, scripts, newlines in the comment")                        \
    X(VALUE, long_texts, 8, "texts over every limit, cut inside a character")                   \
    X(VALUE, huge_comment, 2, "a comment of some 100 KB")                                       \
    X(VALUE, missing_reason, 20, "no reason_id")                                                \
    X(VALUE, foreign_reason, 20, "a reason of another project")                                 \
    X(VALUE, retired_reason, 16, "a reason the project has switched off")                       \
    X(VALUE, unknown_reason, 16, "a reason nobody registered")                                  \
    X(VALUE, placeholder_person, 16, "anonymous@example.com, John Doe, 192.168.x.y")            \
    X(VALUE, bad_email, 16, "no address, two addresses, no domain")                             \
    X(VALUE, empty_person, 12, "no address and no names")                                       \
    X(VALUE, shouted_email, 12, "upper case and blanks around an address")                      \
    X(VALUE, bad_ip, 12, "no address, a private one, a host name")                              \
    X(VALUE, local_site, 16, "localhost, .test, private addresses, no dot")                     \
    X(VALUE, staging_site, 12, "staging hosts with odd ports")                                  \
    X(VALUE, forced_is_local, 12, "is_local that disagrees with the address")                   \
    X(VALUE, url_variant, 24, "a known site spelt otherwise: case, www, port, slash, entity")   \
    X(VALUE, bad_url, 16, "no url, other schemes, spaces, bad ports, bad hosts")                \
    X(VALUE, many_plugins, 12, "100 to 300 plugins")                                            \
    X(VALUE, huge_plugins, 3, "501 to 900 plugins")                                             \
    X(VALUE, odd_plugins, 12, "plugins that are null, words, lists")                            \
    X(VALUE, resent, 24, "an earlier event again under a new request_id")                       \
    X(VALUE, same_request_id, 20, "another event under the request_id of an earlier one")       \
    X(VALUE, replayed, 16, "an earlier event again, byte for byte")                             \
    X(VALUE, out_of_order, 24, "received up to 23 hours before its folder hour")                \
    X(VALUE, bad_received_at, 16, "received_at that is no time, or days off")                   \
    X(VALUE, no_collector, 16, "no _collector")                                                 \
    X(VALUE, odd_collector, 12, "_collector that is no object or lacks its id")                 \
    X(VALUE, ua_mismatch, 12, "User-Agent of another url")                                      \
    X(VALUE, unknown_hash, 20, "a project nobody knows")                                        \
    X(VALUE, bad_hash, 16, "a hash that is no UUID")                                            \
    X(VALUE, missing_hash, 12, "no hash")                                                       \
    X(VALUE, upper_hash, 12, "the hash in capitals")                                            \
    X(VALUE, inactive_project, 16, "a project that is switched off")                            \
    X(VALUE, unknown_keys, 12, "top-level keys nobody knows")                                   \
    X(VALUE, duplicate_keys, 16, "keys given twice, with other values")                         \
    X(VALUE, deep_nesting, 8, "an unread value 20 to 900 levels deep")                          \
    X(VALUE, too_deep, 4, "an unread value over 1,024 levels deep")                             \
    X(VALUE, oversize, 1, "a record over 1 MiB")                                                \
    X(TEXT, malformed, 24, "commas, quotes, words JSON does not have")                          \
    X(TEXT, truncated_record, 24, "a record cut off")                                           \
    X(TEXT, not_object, 12, "an array, a word, a number, null")                                 \
    X(TEXT, glued_records, 8, "two records on one line")                                        \
    X(TEXT, spaced, 8, "blanks between all tokens and around the record")                       \
    X(TEXT, blank_lines, 8, "empty lines before the record")                                    \
    X(FILE, byte_order_mark, 12, "a UTF-8 byte order mark")                                     \
    X(FILE, gzipped, 16, "gzip under a plain name")                                             \
    X(FILE, gzipped_twice, 8, "gzip in gzip")                                                   \
    X(FILE, truncated_gzip, 12, "gzip cut off")                                                 \
    X(FILE, damaged_gzip, 8, "gzip with a wrong checksum or garbage behind it")                 \
    X(FILE, empty_file, 12, "no bytes")                                                         \
    X(FILE, blank_file, 8, "white space only")                                                  \
    X(FILE, truncated_file, 12, "a file cut off")                                               \
    X(FILE, several_values, 16, "several values one after another, some without separator")     \
    X(FILE, foreign_name, 8, "a name that is no input: .tmp, .txt, hidden")

typedef enum dirt_level { DIRT_VALUE, DIRT_TEXT, DIRT_FILE } dirt_level;

/* What a dirt function may change. */
typedef struct dirt_target {
    event *event;               /* VALUE: the tree; TEXT, FILE: rng and arena */
    joist_buffer *bytes;        /* TEXT: the record without its newline; FILE: the file */
    const char *suffix;         /* FILE: what is appended to the file's name instead of its own */
    bool hidden;                /* FILE: the name begins with a dot */
} dirt_target;

typedef struct dirt_kind {
    const char *name, *doc;
    dirt_level level;
    unsigned weight;
    void (*apply)(dirt_target *t);
} dirt_kind;

#define DIRT_DECLARE_(level, name, weight, doc) void dirt_##name(dirt_target *t);
DIRT(DIRT_DECLARE_)

extern const dirt_kind dirt_kinds[];
extern const size_t dirt_kinds_count;

const dirt_kind *dirt_find(const char *name);                /* NULL: no such kind */
const dirt_kind *dirt_pick(rng *r, bool files);              /* files: FILE kinds too */

#endif
