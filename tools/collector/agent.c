/* SPDX-License-Identifier: Apache-2.0
 * The name is compared in any case: old clients wrote AppSero. */
#include "agent.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <strings.h>

enum { DIGITS = 32 };

joist_text agent_md5(joist_text user_agent)
{
    static const char name[] = "Appsero/";
    enum { NAME = sizeof name - 1 };
    if (user_agent.len < NAME + DIGITS || strncasecmp(user_agent.ptr, name, NAME) != 0)
        return JOIST_NO_TEXT;
    joist_text md5 = { user_agent.ptr + NAME, DIGITS };
    for (size_t i = 0; i < DIGITS; i++)
        if (!isxdigit((unsigned char)md5.ptr[i]))
            return JOIST_NO_TEXT;
    return user_agent.len == NAME + DIGITS || md5.ptr[DIGITS] == ';' ? md5 : JOIST_NO_TEXT;
}

bool agent_matches(joist_text md5, joist_text url)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    /* A build of OpenSSL without MD5 compares nothing, so nothing is a mismatch. */
    if (EVP_Digest(url.ptr, url.len, digest, &len, EVP_md5(), NULL) != 1 || len * 2 != md5.len)
        return true;
    for (unsigned i = 0; i < len; i++)
        if (tolower((unsigned char)md5.ptr[2 * i]) != digits[digest[i] >> 4]
            || tolower((unsigned char)md5.ptr[2 * i + 1]) != digits[digest[i] & 15])
            return false;
    return true;
}
