// Opens libc2pa and gives it files to read and write.
#define _GNU_SOURCE  // RTLD_DEEPBIND
#define _FILE_OFFSET_BITS 64
#include "include/CContentCredentials.h"
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

// The library brings a C++-free world of its own (Rust with ring and zlib inside): its symbols are to be its own.
// A sanitizer's library must come before all others, and refuses deep binding.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#undef RTLD_DEEPBIND
#endif
#endif
#ifdef RTLD_DEEPBIND
#define OWN_SYMBOLS_FIRST RTLD_DEEPBIND
#else
#define OWN_SYMBOLS_FIRST 0
#endif

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static CredentialsLibrary functions;
static const CredentialsLibrary *opened;

static const CredentialsLibrary *resolve(void *handle, char **error) {
#define CREDENTIALS_FUNCTION(result, name, parameters)                                         \
    *(void **)&functions.name = dlsym(handle, "c2pa_" #name);                                  \
    if (!functions.name) {                                                                     \
        *error = strdup("it lacks the function c2pa_" #name);                                  \
        return NULL;                                                                           \
    }
#include "include/functions.def"
#undef CREDENTIALS_FUNCTION
    return &functions;
}

const CredentialsLibrary *credentials_open(const char *path, char **error) {
    pthread_mutex_lock(&guard);
    *error = NULL;
    if (!opened) {
        void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | OWN_SYMBOLS_FIRST);
        if (handle) opened = resolve(handle, error);
        else *error = strdup(dlerror());
        if (handle && !opened) dlclose(handle);
    }
    const CredentialsLibrary *library = opened;
    pthread_mutex_unlock(&guard);
    return library;
}

static intptr_t read_file(void *file, uint8_t *bytes, intptr_t count) {
    size_t done = fread(bytes, 1, (size_t)count, file);
    return done == 0 && ferror((FILE *)file) ? -1 : (intptr_t)done;
}

static intptr_t seek_file(void *file, intptr_t offset, int from) {
    static const int origins[] = {SEEK_SET, SEEK_CUR, SEEK_END};
    if (from < 0 || from > 2 || fseeko(file, offset, origins[from]) != 0) return -1;
    return (intptr_t)ftello(file);
}

static intptr_t write_file(void *file, const uint8_t *bytes, intptr_t count) {
    size_t done = fwrite(bytes, 1, (size_t)count, file);
    return done < (size_t)count ? -1 : (intptr_t)done;
}

static intptr_t flush_file(void *file) { return fflush(file) == 0 ? 0 : -1; }

CredentialsStream *credentials_file(const CredentialsLibrary *library, const char *path, const char *mode,
                                    void **file) {
    *file = fopen(path, mode);
    if (!*file) return NULL;
    CredentialsStream *stream = library->create_stream(*file, read_file, seek_file, write_file, flush_file);
    if (!stream) fclose(*file);
    return stream;
}

int credentials_file_close(const CredentialsLibrary *library, CredentialsStream *stream, void *file) {
    library->release_stream(stream);
    int failed = ferror((FILE *)file);
    errno = 0;
    if (fclose(file) != 0) return errno ? errno : EIO;
    return failed ? EIO : 0;
}
