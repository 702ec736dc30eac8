// C interface between Swift and LibTorch.
//
// Every function returns a status, stores its results through pointers and, on failure, stores an error message that the
// caller frees with ct_free. C++ exceptions are converted to status codes. The receiver of a CTTensor owns it and frees it
// with ct_release.
//
// The functions are in a separate shared library (built by Scripts/build-engine with a plain C++ compiler), which ct_load
// opens when the first tensor is needed: `dimorph --help` does not load LibTorch, and a machine with another LibTorch
// rebuilds only that library.
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
    int32_t kind; // 0 CPU, 1 CUDA, 2 MPS, 3 meta (shapes only)
    int32_t index;
} CTDevice;

enum { CT_MAXIMUM_RANK = 8 };

enum { CT_MAXIMUM_RESULTS = 64 };

/// A caller's function over tensors. `call` takes ownership of its inputs and passes ownership of at most
/// CT_MAXIMUM_RESULTS outputs; on failure it returns a status and a message allocated by strdup. `release` frees the context.
typedef struct {
    void *context;
    CTStatus (*call)(void *context, const CTTensor *inputs, int32_t count, CTTensor *outputs, int32_t *filled,
                     char **error);
    void (*release)(void *context);
} CTFunction;

typedef enum { CT_ADAM, CT_ADABELIEF, CT_LION } CTRule;

/// Parameters and the optimizer's state of each.
typedef struct {
    const CTTensor *parameters;
    const CTTensor *first, *second; // moments; NULL for `second` if the rule has one moment
    int64_t *steps;                 // per parameter; incremented if the parameter has a gradient
    const uint64_t *seeds;          // per parameter, for this step; read only if updates are dropped
    int32_t count;
} CTOptimizerState;

/// The rule and hyperparameters of an optimizer step.
typedef struct {
    CTRule rule;
    double rate;
    double beta1, beta2;
    double decay;   // decoupled: parameters shrink by rate · decay
    double epsilon;
    double dropped; // probability that an element is not updated in this step, 0…1
} CTUpdate;

/// Sums arrays over processes that each ran the backward pass on their part of a batch. Each function returns a status
/// and, on failure, a message allocated by strdup.
typedef struct {
    void *context;
    /// Starts the in-place sum of one array. The callee owns the tensor behind `values`, also on failure, and keeps it until
    /// nothing writes to it any more.
    CTStatus (*begin)(void *context, CTTensor tensor, float *values, int64_t count, char **error);
    /// Called between sums so that pending ones make progress.
    CTStatus (*advance)(void *context, char **error);
    /// Waits for all sums.
    CTStatus (*finish)(void *context, char **error);
    double scale;   // factor applied to every sum
    int64_t bucket; // approximate number of elements per bucket
    bool overlaps;  // whether sums may start during the backward pass
} CTExchange;

/// Loads the engine's library; later calls have no effect. Thread-safe.
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
