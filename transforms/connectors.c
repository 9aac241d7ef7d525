/* SPDX-License-Identifier: Apache-2.0
 * The table of built-in connectors: what a scheme can be used for, in one place. */
#include "post_http.h"
#include "read_create.h"
#include "read_source.h"
#include "read_sqlite.h"
#include "sqlite_journal.h"
#include "write_ndjson.h"
#include "write_sqlite.h"

static const joist_connector file_connector = {
    .version = JOIST_CONNECTOR_VERSION, .name = "file", .schemes = { "", "file" },
    .help = "read files of JSON, CSV or text, a directory tree; write NDJSON, CSV (.gz)",
    .source = &jst_file_source, .store = &jst_ndjson_store,
};

static const joist_connector sqlite_connector = {
    .version = JOIST_CONNECTOR_VERSION, .name = "sqlite", .schemes = { "sqlite" },
    .help = "a SQLite database file: read a table or a query, keep tables and an outbox",
    .source = &jst_sqlite_source, .store = &jst_sqlite_store, .journal = &jst_sqlite_journal,
};

static const joist_connector http_connector = {
    .version = JOIST_CONNECTOR_VERSION, .name = "http", .schemes = { "http", "https" },
    .help = "POST one request of JSON per message of an outbox",
    .sender = &jst_http_sender,
};

static const joist_connector create_connector = {
    .version = JOIST_CONNECTOR_VERSION, .name = "create", .schemes = { "create" },
    .internal = true,
    .help = "records written in the program: joist_create", .source = &jst_create_source,
};

const joist_connector *const joist_connectors[] = {
    &file_connector, &sqlite_connector, &http_connector, &create_connector, NULL,
};
