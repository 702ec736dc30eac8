// The C border between Swift and libc2pa, the reference library for Content Credentials (C2PA).
//
// libc2pa is opened at run time: without it the program works all the same and says that its outputs are unsigned.
#ifndef CCONTENTCREDENTIALS_H
#define CCONTENTCREDENTIALS_H

#include <stdint.h>

typedef struct CredentialsStream CredentialsStream;
typedef struct CredentialsSettings CredentialsSettings;
typedef struct CredentialsContextBuilder CredentialsContextBuilder;
typedef struct CredentialsContext CredentialsContext;
typedef struct CredentialsSigner CredentialsSigner;
typedef struct CredentialsReader CredentialsReader;
typedef struct CredentialsBuilder CredentialsBuilder;

/// Who signs: algorithm ("es256"), certificates from the leaf up and the leaf's key (both PEM), and a time stamp server or
/// NULL.
typedef struct {
    const char *_Nullable algorithm;
    const char *_Nullable certificates;
    const char *_Nullable key;
    const char *_Nullable time_stamp_server;
} CredentialsSignerInfo;

/// A stream's calls give the bytes moved, or the new place; negative on failure. `from`: 0 start, 1 here, 2 end.
typedef intptr_t (*CredentialsRead)(void *_Nullable context, uint8_t *_Nonnull bytes, intptr_t count);
typedef intptr_t (*CredentialsSeek)(void *_Nullable context, intptr_t offset, int from);
typedef intptr_t (*CredentialsWrite)(void *_Nullable context, const uint8_t *_Nonnull bytes, intptr_t count);
typedef intptr_t (*CredentialsFlush)(void *_Nullable context);

/// libc2pa's functions.
typedef struct {
#define CREDENTIALS_FUNCTION(result, name, parameters) result (*_Nonnull name) parameters;
#include "functions.def"
#undef CREDENTIALS_FUNCTION
} CredentialsLibrary;

/// Opens libc2pa, once a process.
///
/// - Returns: its functions, which stay valid; NULL where the library cannot be opened or lacks one of them, with an error text
///   that the caller frees.
const CredentialsLibrary *_Nullable credentials_open(const char *_Nonnull path, char *_Nullable *_Nonnull error);

/// A stream over a file, which stays open until the stream is closed; NULL where the file cannot be opened.
///
/// - Parameter mode: as for fopen.
CredentialsStream *_Nullable credentials_file(const CredentialsLibrary *_Nonnull library, const char *_Nonnull path,
                                              const char *_Nonnull mode, void *_Nullable *_Nonnull file);

/// Ends a stream over a file. 0, or an error number where what was written did not reach the file.
int credentials_file_close(const CredentialsLibrary *_Nonnull library, CredentialsStream *_Nonnull stream,
                           void *_Nonnull file);

#endif
