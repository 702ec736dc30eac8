// Annotates contended locking and unlocking of Swift's Mutex (Synchronization) for ThreadSanitizer.
//
// The uncontended path is inlined, and its atomics are instrumented. In the contended path the kernel passes the lock on
// (FUTEX_LOCK_PI), called from libswiftSynchronization.so, which is not instrumented: all accesses guarded by a contended Mutex
// would be reported as races. Loaded with LD_PRELOAD by Scripts/test --sanitize thread.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lock_slow(uint32_t thread, SELF void *mutex) __asm__(LOCK);
SWIFT void unlock_slow(SELF void *mutex) __asm__(UNLOCK);

static void tell(const char *what, void *mutex) {
    void (*sanitizer)(void *) = (void (*)(void *))dlsym(RTLD_DEFAULT, what);
    if (sanitizer) sanitizer(mutex);
}

SWIFT void lock_slow(uint32_t thread, SELF void *mutex) {
    static SWIFT void (*next)(uint32_t, SELF void *);
    if (!next) next = (SWIFT void (*)(uint32_t, SELF void *))dlsym(RTLD_NEXT, LOCK);
    next(thread, mutex);
    tell("__tsan_acquire", mutex);
}

SWIFT void unlock_slow(SELF void *mutex) {
    static SWIFT void (*next)(SELF void *);
    if (!next) next = (SWIFT void (*)(SELF void *))dlsym(RTLD_NEXT, UNLOCK);
    tell("__tsan_release", mutex);
    next(mutex);
}
