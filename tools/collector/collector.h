/* SPDX-License-Identifier: Apache-2.0
 * The collector from its start to its end. */
#ifndef COLLECTOR_COLLECTOR_H
#define COLLECTOR_COLLECTOR_H

#include "options.h"

/* Serves until SIGTERM or SIGINT; answers the exit code. Failures go to the log. */
int collector_run(const settings *s);

#endif
