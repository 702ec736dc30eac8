// The C border between Swift and LibTorch.
//
// Every function returns a status, hands its result out by pointer and, on failure, an error text that the caller frees
// with ct_free. No C++ exception passes. A CTTensor is owned by whoever received it and ends with ct_release.
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

/// A function over tensors that the caller gives. `call` owns its inputs and gives out its outputs, no more than
/// CT_MAXIMUM_RESULTS; on failure it returns a status and a text made by strdup. `release` ends the context.
typedef struct {
    void *context;
    CTStatus (*call)(void *context, const CTTensor *inputs, int32_t count, CTTensor *outputs, int32_t *filled,
                     char **error);
    void (*release)(void *context);
} CTFunction;

typedef enum { CT_ADAM, CT_ADABELIEF, CT_LION } CTRule;

/// Parameters and what an optimizer keeps of each.
typedef struct {
    const CTTensor *parameters;
    const CTTensor *first, *second; // moments; a rule without second ones takes NULL
    int64_t *steps;                 // each parameter's own, counted up where there is a gradient
    const uint64_t *seeds;          // random numbers of this step, read only where updates are dropped
    int32_t count;
} CTMemory;

/// How an optimizer moves parameters in one step.
typedef struct {
    CTRule rule;
    double rate;
    double beta1, beta2;
    double decay;   // decoupled: parameters shrink by rate · decay
    double epsilon;
    double dropped; // share of the numbers that stay as they are in this step, 0…1
} CTUpdate;

/// Adds up arrays over processes that each went the way back for their own part of a batch. Each function gives a
/// status and, on failure, a text made by strdup.
typedef struct {
    void *context;
    /// Begins with one array, in place. The callee owns the tensor, whose numbers these are, also when it fails, and keeps
    /// it until nothing writes to them any more.
    CTStatus (*begin)(void *context, CTTensor tensor, float *values, int64_t count, char **error);
    /// Called now and then in between, so that sums get on.
    CTStatus (*advance)(void *context, char **error);
    /// Waits until all sums are done.
    CTStatus (*finish)(void *context, char **error);
    double scale;   // every sum is multiplied by it
    int64_t bucket; // numbers that are sent together, about
    bool overlaps;  // whether sending may begin while the way back is still being gone
} CTExchange;

/// Opens the engine's library; later calls return at once. Thread-safe.
CTStatus ct_load(const char *path, char **error);
/// Frees a text that a function of this header gave out.
void ct_free(char *text);

#define CT_OPERATION(name, parameters, arguments) CTStatus ct_##name parameters;
#include "operations.def"
#undef CT_OPERATION

#ifdef __cplusplus
}
#endif
#endif
