#ifndef DIMORPH_CSYSTEM_H
#define DIMORPH_CSYSTEM_H

/// Brings everything that was written to the file system of an open file to the disk: `syncfs` on Linux, which Swift's Glibc
/// module does not show; elsewhere `fsync` of the file alone. 0, or -1 with `errno`.
int csystem_sync_file_system(int descriptor);

#endif
