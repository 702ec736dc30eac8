#define _GNU_SOURCE
#include "CSystem.h"

#include <unistd.h>

int csystem_sync_file_system(int descriptor) {
#ifdef __linux__
    return syncfs(descriptor);
#else
    return fsync(descriptor);
#endif
}
