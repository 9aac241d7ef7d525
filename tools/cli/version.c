/* SPDX-License-Identifier: Apache-2.0
 * The build id is the linker's own (the note that debuggers use): it names exactly this binary and
 * costs no reproducibility, which a date would. The versions of libraries are asked of what is
 * loaded, by name, so that the list neither lies nor makes this file depend on any of them.
 * Statically linked libraries that export no symbols are left out. */
#include "version.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#if !defined(JOIST_VERSION) || !defined(JOIST_RELEASED)
#error "the build tells both: CMakeLists.txt"
#endif

const char *jst_cli_version(void)
{
    return JOIST_VERSION;
}

const char *jst_cli_release_date(void)
{
    return JOIST_RELEASED;
}

/* ---- build id -------------------------------------------------------------------------------- */
static size_t rounded(size_t n)
{
    return (n + 3) & ~(size_t)3;
}

static bool find_in_notes(joist_buffer *out, const char *notes, size_t len)
{
    ElfW(Nhdr) note;
    for (size_t at = 0; at + sizeof note <= len;) {
        memcpy(&note, notes + at, sizeof note);
        size_t name = at + sizeof note, id = name + rounded(note.n_namesz);
        at = id + rounded(note.n_descsz);
        if (at > len)
            return false;
        if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 || memcmp(notes + name, "GNU",
                                                                           4) != 0)
            continue;
        for (size_t i = 0; i < note.n_descsz; i++)
            joist_buffer_printf(out, "%02x", (unsigned)(unsigned char)notes[id + i]);
        return true;
    }
    return false;
}

/* The first object is the program itself; looking at one is enough. */
static int visit(struct dl_phdr_info *object, size_t size, void *out)
{
    (void)size;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *h = &object->dlpi_phdr[i];
        if (h->p_type == PT_NOTE
            && find_in_notes(out, (const char *)(object->dlpi_addr + h->p_vaddr), h->p_memsz))
            break;
    }
    return 1;
}

void jst_cli_build_id(joist_buffer *out)
{
    size_t before = out->len;
    dl_iterate_phdr(visit, out);
    if (out->len == before)
        joist_buffer_printf(out, "none");
}

/* ---- libraries ------------------------------------------------------------------------------- */
typedef const char *(*ask_plain)(void);
typedef const char *(*ask_int)(int);
typedef const char *(*ask_text)(const char *);
typedef enum ask { ASK_PLAIN, ASK_INT, ASK_TEXT } ask;

/* POSIX asks for this way round: an object pointer is no function pointer in C. */
static const char *answer(const char *symbol, ask how)
{
    void *found = dlsym(RTLD_DEFAULT, symbol);
    ask_plain plain;
    ask_int number;
    ask_text text;
    if (!found)
        return NULL;
    memcpy(&plain, &found, sizeof plain);
    memcpy(&number, &found, sizeof number);
    memcpy(&text, &found, sizeof text);
    return how == ASK_PLAIN ? plain() : how == ASK_INT ? number(0) : text(NULL);
}

void jst_cli_version_print(joist_buffer *out, const char *pipeline)
{
    static const struct { const char *name, *symbol; ask how; } libraries[] = {
        { "jansson", "jansson_version_str", ASK_PLAIN }, { "sqlite", "sqlite3_libversion",
            ASK_PLAIN },
        { "curl", "curl_version", ASK_PLAIN },           { "mongoc", "mongoc_get_version",
            ASK_PLAIN },
        { "openssl", "OpenSSL_version", ASK_INT },       { "zlib", "zlibVersion", ASK_PLAIN },
        { "idn2", "idn2_check_version", ASK_TEXT },      { "microhttpd", "MHD_get_version",
            ASK_PLAIN },
    };
    if (pipeline)
        joist_buffer_printf(out, "%s, a Joist pipeline\n", pipeline);
    joist_buffer_printf(out, "joist %s\nbuild ", jst_cli_version());
    jst_cli_build_id(out);
    joist_buffer_byte(out, '\n');
    for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++) {
        const char *version = answer(libraries[i].symbol, libraries[i].how);
        if (version)
            joist_buffer_printf(out, "%s %s\n", libraries[i].name, version);
    }
}
