/* SPDX-License-Identifier: Apache-2.0
 * An environment in front of another: the clock that stands still, a peek that saw enough, a replay
 * that its source has to find. */
#ifndef JST_CLI_PROXY_H
#define JST_CLI_PROXY_H

#include "joist/connector.h"

/* First member of its owner, so that a pointer to the env is one to the owner. */
typedef struct jst_cli_proxy { joist_env env; joist_env *real; } jst_cli_proxy;

/* Answers everything as `real` does, which must outlive it; the owner may then replace members of
 * proxy->env. Thread-safe if `real` is. */
void jst_cli_proxy_begin(jst_cli_proxy *proxy, joist_env *real);

#endif
