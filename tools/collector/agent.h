/* SPDX-License-Identifier: Apache-2.0
 * `User-Agent: Appsero/<md5 of the field url>;`: the client's own word on which site it is. */
#ifndef COLLECTOR_AGENT_H
#define COLLECTOR_AGENT_H

#include "joist/base.h"

/* The 32 hex digits, borrowed; NULL if it is another agent. */
joist_text agent_md5(joist_text user_agent);

/* Are they the MD5 of this url? Either case. Thread-safe. */
bool agent_matches(joist_text md5, joist_text url);

#endif
