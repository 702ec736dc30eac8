#include "include/CMPI.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Open MPI's handles are pointers to objects of its library; `MPI_IN_PLACE` is 1, `MPI_THREAD_SERIALIZED` 2, and
// `MPI_STATUS_IGNORE` 0 (its mpi.h).
typedef void *Handle;

static struct {
    Handle library, world, singles, doubles, sum;
    int (*initialise)(int *, char ***, int, int *);
    int (*rank)(Handle, int *);
    int (*size)(Handle, int *);
    int (*set_handler)(Handle, Handle);
    int (*iallreduce)(const void *, void *, int, Handle, Handle, Handle, Handle *);
    int (*test)(Handle *, int *, void *);
    int (*finalise)(void);
    int (*explain)(int, char *, int *);
} mpi;

static char *text_of(int code) {
    char words[512] = "unknown failure";
    int length = 0;
    mpi.explain(code, words, &length);
    return strdup(words);
}

static char *lacking(const char *name) {
    char words[256];
    snprintf(words, sizeof words, "libmpi has no %s: it is not Open MPI's", name);
    return strdup(words);
}

static char *open_library(void) {
    // Version 4's own parts look for symbols of the library everywhere.
    const char *names[] = {"libmpi.so.40", "libmpi.so", "libmpi.40.dylib", "libmpi.dylib"};
    for (size_t i = 0; i < sizeof names / sizeof *names && !mpi.library; ++i)
        mpi.library = dlopen(names[i], RTLD_NOW | RTLD_GLOBAL);
    if (!mpi.library) return strdup(dlerror());
    const struct {
        const char *name;
        void *place;
    } symbols[] = {
        {"ompi_mpi_comm_world", &mpi.world},         {"ompi_mpi_float", &mpi.singles},
        {"ompi_mpi_double", &mpi.doubles},           {"ompi_mpi_op_sum", &mpi.sum},
        {"MPI_Init_thread", &mpi.initialise},        {"MPI_Comm_rank", &mpi.rank},
        {"MPI_Comm_size", &mpi.size},                {"MPI_Comm_set_errhandler", &mpi.set_handler},
        {"MPI_Iallreduce", &mpi.iallreduce},         {"MPI_Test", &mpi.test},
        {"MPI_Finalize", &mpi.finalise},             {"MPI_Error_string", &mpi.explain},
    };
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; ++i) {
        void *symbol = dlsym(mpi.library, symbols[i].name);
        if (!symbol) return lacking(symbols[i].name);
        *(void **)symbols[i].place = symbol;
    }
    return NULL;
}

char *mpi_join(int32_t *rank, int32_t *count) {
    char *failure = open_library();
    if (failure) return failure;
    int given = 0, own = 0, all = 0;
    int code = mpi.initialise(NULL, NULL, 2, &given);
    if (code) return text_of(code);
    // Failures come back as codes, so that a checkpoint can be written; by default they end the process.
    void *returning = dlsym(mpi.library, "ompi_mpi_errors_return");
    if (returning) mpi.set_handler(mpi.world, returning);
    if ((code = mpi.rank(mpi.world, &own)) || (code = mpi.size(mpi.world, &all))) return text_of(code);
    *rank = own;
    *count = all;
    return NULL;
}

char *mpi_begin_sum(void *values, int32_t count, MPINumbers numbers, MPISum *sum) {
    Handle type = numbers == MPI_SINGLE_FLOATS ? mpi.singles : mpi.doubles;
    int code = mpi.iallreduce((void *)1, values, count, type, mpi.sum, mpi.world, sum);
    return code ? text_of(code) : NULL;
}

char *mpi_is_done(MPISum *sum, int32_t *done) {
    int flag = 0;
    int code = mpi.test(sum, &flag, NULL);
    *done = flag;
    return code ? text_of(code) : NULL;
}

void mpi_leave(void) { mpi.finalise(); }
