// Loads the engine's shared library and forwards every operation to it.
#define _GNU_SOURCE  // RTLD_DEEPBIND
#include "include/CTorch.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// FFmpeg's libraries link Debian's reference BLAS. Without deep binding its `sgemm_` overrides LibTorch's own, and
// convolutions and matrix products run 4 to 16 times slower (measured: SFace 26 ms → 436 ms).
// RTLD_DEEPBIND exists in glibc only (macOS binds each library to its own dependencies anyway).
// Sanitizer runtimes must be loaded first and reject RTLD_DEEPBIND.
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
static void *library;

static CTStatus fail(char **error, const char *text) {
    if (error) *error = strdup(text);
    return CT_NO_ENGINE;
}

#define CT_OPERATION(name, parameters, arguments) static CTStatus(*engine_##name) parameters;
#include "include/operations.def"
#undef CT_OPERATION

static CTStatus resolve(char **error) {
#define CT_OPERATION(name, parameters, arguments)                                              \
    *(void **)&engine_##name = dlsym(library, "dimorph_engine_" #name);                       \
    if (!engine_##name) return fail(error, "the engine lacks '" #name "': rebuild it with Scripts/build-engine");
#include "include/operations.def"
#undef CT_OPERATION
    return CT_OK;
}

CTStatus ct_load(const char *path, char **error) {
    pthread_mutex_lock(&guard);
    CTStatus status = CT_OK;
    if (!library) {
        // LibTorch's worker threads spin only briefly while waiting, as in ./dimorph. Takes effect only if libgomp is not
        // loaded yet, as in dimorph-train. Existing values of these variables are kept.
        if (!getenv("OMP_WAIT_POLICY")) setenv("GOMP_SPINCOUNT", "3000", 0);
        library = dlopen(path, RTLD_NOW | RTLD_LOCAL | OWN_SYMBOLS_FIRST);
        status = library ? resolve(error) : fail(error, dlerror());
        if (status != CT_OK && library) {
            dlclose(library);
            library = NULL;
        }
    }
    pthread_mutex_unlock(&guard);
    return status;
}

void ct_free(char *text) { free(text); }

#define CT_OPERATION(name, parameters, arguments)                                              \
    CTStatus ct_##name parameters {                                                            \
        return engine_##name ? engine_##name arguments : fail(error, "the engine is not loaded"); \
    }
#include "include/operations.def"
#undef CT_OPERATION
