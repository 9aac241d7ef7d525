/* SPDX-License-Identifier: Apache-2.0
 * An environment that asks another. */
#include "proxy.h"

static joist_env *real_of(joist_env *env)
{
    return ((jst_cli_proxy *)(void *)env)->real;
}

static int64_t now_ms(joist_env *env)
{
    return real_of(env)->now_ms(real_of(env));
}

static void sleep_ms(joist_env *env, int64_t ms)
{
    real_of(env)->sleep_ms(real_of(env), ms);
}

static uint64_t random_bits(joist_env *env)
{
    return real_of(env)->random(real_of(env));
}

static bool stopping(joist_env *env)
{
    return real_of(env)->stopping(real_of(env));
}

void jst_cli_proxy_begin(jst_cli_proxy *proxy, joist_env *real)
{
    *proxy = (jst_cli_proxy){ { now_ms, sleep_ms, random_bits, stopping }, real };
}
