// Tells ThreadSanitizer when Swift's Mutex (Synchronization) is taken and given back where threads wait for each other.
//
// The way without a wait is inlined, and its atomics are seen. With a wait the kernel hands the lock on (FUTEX_LOCK_PI),
// called from libswiftSynchronization.so, which is not instrumented: everything that a contended Mutex guards would be a
// race. Loaded with LD_PRELOAD by Scripts/test --sanitize thread.

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
