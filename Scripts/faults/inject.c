// Makes the n-th system call that writes below a folder fail. Loaded with LD_PRELOAD by Benchmarks/inject-faults.
//
// FAULT_FOLDER   calls on files below this folder are counted
// FAULT_STATE    a file of 4096 bytes, shared by all processes: the number of calls, and the failed one
// FAULT_AT       the call that fails, counted from 1; 0 for none
// FAULT_ERRNO    errno of the failed call, such as 28 (ENOSPC) or 5 (EIO)
// FAULT_STAYS    1: all later calls that need space fail too, as on a full disk
// FAULT_KILL     1: the process is killed at that call instead

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct state {
    unsigned long count;
    char failed[1024];
};

static struct state *shared;
static const char *folder;
static unsigned long fail_at;
static int fail_with, stays, kills;

__attribute__((constructor)) static void begin(void) {
    folder = getenv("FAULT_FOLDER");
    const char *state = getenv("FAULT_STATE");
    if (!folder || !state) return;
    fail_at = strtoul(getenv("FAULT_AT") ? getenv("FAULT_AT") : "0", NULL, 10);
    fail_with = atoi(getenv("FAULT_ERRNO") ? getenv("FAULT_ERRNO") : "28");
    stays = getenv("FAULT_STAYS") && *getenv("FAULT_STAYS") == '1';
    kills = getenv("FAULT_KILL") && *getenv("FAULT_KILL") == '1';
    int (*real_open)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    int descriptor = real_open(state, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return;
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (memory != MAP_FAILED) shared = memory;
    close(descriptor);
}

static int is_below(const char *path) {
    if (!shared || !path) return 0;
    char whole[PATH_MAX];
    if (path[0] != '/') {
        char here[PATH_MAX];
        if (!getcwd(here, sizeof here)) return 0;
        if (snprintf(whole, sizeof whole, "%s/%s", here, path) >= (int)sizeof whole) return 0;
        path = whole;
    }
    return strncmp(path, folder, strlen(folder)) == 0;
}

static int is_open_below(int descriptor) {
    if (!shared) return 0;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_below(path);
}

/// Counts a call; nonzero if it must fail.
static int fails(const char *call, const char *path, int needs_space) {
    unsigned long number = __atomic_add_fetch(&shared->count, 1, __ATOMIC_SEQ_CST);
    if (fail_at && (number == fail_at || (stays && needs_space && number > fail_at))) {
        if (number == fail_at) snprintf(shared->failed, sizeof shared->failed, "%s %s", call, path ? path : "");
        if (kills) kill(getpid(), SIGKILL);
        errno = fail_with;
        return 1;
    }
    return 0;
}

static int fails_open(const char *call, int descriptor, int needs_space) {
    char link[64], path[PATH_MAX] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length > 0) path[length] = 0;
    return fails(call, path, needs_space);
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        REAL(name); \
        if ((flags & O_CREAT) && is_below(path) && fails(#name, path, access(path, F_OK) != 0)) return -1; \
        return real(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int at, const char *path, int flags, ...) { \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        REAL(name); \
        if ((flags & O_CREAT) && at == AT_FDCWD && is_below(path) && fails(#name, path, 1)) return -1; \
        return real(at, path, flags, mode); \
    }
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int descriptor, const void *bytes, size_t count) {
    REAL(write);
    if (is_open_below(descriptor) && fails_open("write", descriptor, 1)) return -1;
    return real(descriptor, bytes, count);
}
ssize_t writev(int descriptor, const struct iovec *pieces, int count) {
    REAL(writev);
    if (is_open_below(descriptor) && fails_open("writev", descriptor, 1)) return -1;
    return real(descriptor, pieces, count);
}

#define PWRITE(name, offset_type) \
    ssize_t name(int descriptor, const void *bytes, size_t count, offset_type offset) { \
        REAL(name); \
        if (is_open_below(descriptor) && fails_open(#name, descriptor, 1)) return -1; \
        return real(descriptor, bytes, count, offset); \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define ON_DESCRIPTOR(name) \
    int name(int descriptor) { \
        REAL(name); \
        if (is_open_below(descriptor) && fails_open(#name, descriptor, 1)) return -1; \
        return real(descriptor); \
    }
ON_DESCRIPTOR(fsync)
ON_DESCRIPTOR(fdatasync)
ON_DESCRIPTOR(syncfs)

#define TRUNCATE(name, offset_type) \
    int name(int descriptor, offset_type length) { \
        REAL(name); \
        if (is_open_below(descriptor) && fails_open(#name, descriptor, 0)) return -1; \
        return real(descriptor, length); \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define TWO_PATHS(name, space) \
    int name(const char *from, const char *to) { \
        REAL(name); \
        if (is_below(to) && fails(#name, to, space)) return -1; \
        return real(from, to); \
    }
TWO_PATHS(rename, 1)
TWO_PATHS(link, 1)
TWO_PATHS(symlink, 1)

int renameat(int from_at, const char *from, int to_at, const char *to) {
    REAL(renameat);
    if (to_at == AT_FDCWD && is_below(to) && fails("renameat", to, 1)) return -1;
    return real(from_at, from, to_at, to);
}
int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
    REAL(renameat2);
    if (to_at == AT_FDCWD && is_below(to) && fails("renameat2", to, 1)) return -1;
    return real(from_at, from, to_at, to, flags);
}
int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    // A folder that exists already is no write.
    if (access(path, F_OK) != 0 && is_below(path) && fails("mkdir", path, 1)) return -1;
    return real(path, mode);
}
int unlink(const char *path) {
    REAL(unlink);
    if (access(path, F_OK) == 0 && is_below(path) && fails("unlink", path, 0)) return -1;
    return real(path);
}
