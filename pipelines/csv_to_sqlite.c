/* SPDX-License-Identifier: Apache-2.0
 * A table from CSV files: columns are found by their names in the first line, cells become numbers,
 * times and truth values, and a row that does not fit is set aside. Loading a file again, or a
 * corrected one, replaces rows by their id.
 *
 *     build/csv_to_sqlite run --input stations.csv --output sqlite:out/stations.db
 *     build/csv_to_sqlite run --input semicolons.csv --separator ';' */
#include <joist.h>

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED, .help = "CSV: a file or a directory, .gz as well")    \
    F(T, joist_text, separator, 0, .fallback = ",", .help = "what stands between two cells")      \
    F(T, joist_text, output, 0, .fallback = "sqlite:out/stations.db", .help = "the database")
JOIST_RECORD(options, OPTIONS);

#define STATION(F, T)                                                                             \
    F(T, joist_int, id, JOIST_REQUIRED)                                                           \
    F(T, joist_text, name, JOIST_REQUIRED)                                                        \
    F(T, joist_float, altitude, 0, .from = "Altitude (m)")                                        \
    F(T, joist_bool, automatic, 0)                                                                \
    F(T, joist_time, opened, 0, .from = "in service since")
JOIST_RECORD(station, STATION);

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    if (o->separator.len != 1)
        JOIST_MISTAKE(p, "--separator is one character");
    station_coll stations = joist_read(station, p, .uri = o->input, .csv = true,
                                       .separator = o->separator.len ? *o->separator.ptr : ',');
    joist_write(stations, .uri = o->output, .key = JOIST_FIELDS(station, id));
}

static const joist_pipeline_def def = {
    .name = "csv_to_sqlite", .about = "A table from CSV files.", .options = &options_type,
    .build = build_any,
};

int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
