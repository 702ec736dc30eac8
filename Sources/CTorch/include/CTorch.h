// The C interface between Swift and LibTorch.
//
// Every function returns a status, its result by pointer and, on failure, an error message that the caller
// frees with ct_free. C++ exceptions are converted to status codes. The receiver of a CTTensor owns it and
// releases it with ct_release.
//
// The functions live in a shared library of their own (built by Scripts/build-engine with a plain C++ compiler), which
// ct_load opens when the first tensor is needed: `dimorph --help` does not wait for LibTorch, and a machine with
// another LibTorch only rebuilds that library.
#ifndef CTORCH_H
#define CTORCH_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct CTTensorHandle *CTTensor;

typedef int32_t CTStatus;
enum { CT_OK = 0, CT_FAILED = 1, CT_OUT_OF_MEMORY = 2, CT_NO_ENGINE = 3 };

typedef int32_t CTType;
enum { CT_U8 = 0, CT_I32 = 1, CT_I64 = 2, CT_F16 = 3, CT_BF16 = 4, CT_F32 = 5, CT_F64 = 6, CT_BOOL = 7 };

typedef struct {
    int32_t kind; // 0 CPU, 1 CUDA, 2 MPS, 3 none (shapes alone)
    int32_t index;
} CTDevice;

enum { CT_MAXIMUM_RANK = 8 };

enum { CT_MAXIMUM_RESULTS = 64 };

/// A function over tensors that the caller provides. `call` owns its inputs and returns its outputs, no more
/// than CT_MAXIMUM_RESULTS; on failure it returns a status and a message created by strdup. `release` frees
/// the context.
typedef struct {
    void *context;
    CTStatus (*call)(void *context, const CTTensor *inputs, int32_t count, CTTensor *outputs, int32_t *filled,
                     char **error);
    void (*release)(void *context);
} CTFunction;

typedef enum { CT_ADAM, CT_ADABELIEF, CT_LION } CTRule;

/// Parameters and their optimizer state.
typedef struct {
    const CTTensor *parameters;
    const CTTensor *first, *second; // moments; a rule without second ones takes NULL
    int64_t *steps;                 // each parameter's own, counted up where there is a gradient
    const uint64_t *seeds;          // random numbers of this step, read only where updates are dropped
    int32_t count;
} CTMemory;

/// Hyperparameters of one optimizer step.
typedef struct {
    CTRule rule;
    double rate;
    double beta1, beta2;
    double decay;   // decoupled: parameters shrink by rate · decay
    double epsilon;
    double dropped; // share of the numbers that stay as they are in this step, 0…1
} CTUpdate;

/// Sums arrays over processes that each ran the backward pass for their part of a batch. Each function
/// returns a status and, on failure, a message created by strdup.
typedef struct {
    void *context;
    /// Starts an in-place sum of an array. The callee owns the tensor, even on failure, and keeps it until it
    /// is no longer written to.
    CTStatus (*begin)(void *context, CTTensor tensor, float *values, int64_t count, char **error);
    /// Called repeatedly to progress pending sums.
    CTStatus (*advance)(void *context, char **error);
    /// Waits until all sums are complete.
    CTStatus (*finish)(void *context, char **error);
    double scale;   // every sum is multiplied by it
    int64_t bucket; // numbers that are sent together, about
    bool overlaps;  // whether communication overlaps with the backward pass
} CTExchange;

/// Loads the engine library; later calls return immediately. Thread-safe.
CTStatus ct_load(const char *path, char **error);
/// Frees a message returned by a function of this header.
void ct_free(char *text);

#define CT_OPERATION(name, parameters, arguments) CTStatus ct_##name parameters;
#include "operations.def"
#undef CT_OPERATION

#ifdef __cplusplus
}
#endif
#endif
