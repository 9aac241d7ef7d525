/* SPDX-License-Identifier: Apache-2.0
 * Stands in for libFuzzer where there is none: gives every file of the folders named to the target.
 * A folder without a file is a failure, or a misspelt path would pass for ever. */
#include <joist.h>

#include <dirent.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_file(const char *path, joist_buffer *out)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    size_t n;
    do {
        n = fread(joist_buffer_reserve(out, 64 << 10), 1, 64 << 10, f);
        out->len += n;
    } while (n);
    bool ok = !ferror(f);
    fclose(f);
    return ok;
}

/* The target sees a block of exactly the file's size, so that a sanitizer sees what is beyond
 * it. */
static bool replay_file(const char *path)
{
    joist_buffer in = { 0 };
    bool ok = read_file(path, &in);
    if (ok) {
        uint8_t *exact = joist_malloc(in.len);
        if (in.len)
            memcpy(exact, in.ptr, in.len);
        LLVMFuzzerTestOneInput(exact, in.len);
        joist_free(exact);
    } else {
        fprintf(stderr, "error: cannot read %s\n", path);
    }
    joist_buffer_free(&in);
    return ok;
}

/* The number of files replayed, -1 after an error. */
static long replay_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    long files = 0;
    if (!dir)
        return 0;
    for (struct dirent *e; files >= 0 && (e = readdir(dir));) {
        joist_buffer path = { 0 };
        joist_buffer_printf(&path, "%s/%s", folder, e->d_name);
        if (e->d_name[0] != '.')
            files = replay_file(path.ptr) ? files + 1 : -1;
        joist_buffer_free(&path);
    }
    closedir(dir);
    return files;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        long files = replay_folder(argv[i]);
        printf("%ld files of %s\n", files, argv[i]);
        if (files <= 0)
            return 1;
    }
    return argc > 1 ? 0 : 1;
}
