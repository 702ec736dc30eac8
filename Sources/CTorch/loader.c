// Loads the engine library and forwards every operation to it.
#define _GNU_SOURCE  // RTLD_DEEPBIND
#include "include/CTorch.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// FFmpeg's libraries bring Debian's reference BLAS into the program. Without deep binding its `sgemm_` takes the place of
// the one in LibTorch, and convolutions and matrix products run 4 to 16 times slower (measured: SFace 26 ms → 436 ms).
// Elsewhere than glibc (macOS binds each library to its own dependencies anyway) there is no such flag.
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
        // Makes LibTorch's threads spin only briefly while they wait, as in ./dimorph. It has an effect only
        // if libgomp is not loaded yet, unlike in dimorph-train; variables set by the user have priority.
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
