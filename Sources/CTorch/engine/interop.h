// Shared by all files of the engine: tensor handles, status codes, and `run`, which converts C++ exceptions to status codes.
#pragma once
#include "../include/CTorch.h"
#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>
#include <cstring>
#include <new>
#include <string>
#include <system_error>
#include <vector>

#define CT_OPERATION(name, parameters, arguments)                                              \
    extern "C" __attribute__((visibility("default"))) CTStatus dimorph_engine_##name parameters;
#include "../include/operations.def"
#undef CT_OPERATION

namespace interop {

/// Number of handles created and not yet released by the calling thread.
int64_t live();

/// The tensor that a handle refers to.
inline at::Tensor &unwrap(CTTensor handle) { return *reinterpret_cast<at::Tensor *>(handle); }

/// The tensor that a handle refers to, or an undefined tensor for NULL (no bias).
inline at::Tensor optional(CTTensor handle) { return handle ? unwrap(handle) : at::Tensor(); }

/// Stores a new handle to the tensor in `out`; the caller owns it.
void wrap(CTTensor *out, at::Tensor tensor);

/// Converts an array of handles to a list of tensors.
std::vector<at::Tensor> list(const CTTensor *handles, int32_t count);

c10::Device device(CTDevice value);
at::ScalarType type(CTType value);
CTType type(at::ScalarType value);

inline at::IntArrayRef dims(const int64_t *values, int32_t count) {
    return at::IntArrayRef(values, static_cast<size_t>(count));
}

/// A failure of a caller's function, with its status and message.
struct Failure : std::exception {
    CTStatus status;
    std::string text;

    Failure(CTStatus status, std::string text) : status(status), text(std::move(text)) {}
    const char *what() const noexcept override { return text.c_str(); }
};

/// Calls a caller's function; throws `Failure` if it fails.
std::vector<at::Tensor> call(const CTFunction &function, const std::vector<at::Tensor> &inputs);

/// Whether a message reports an allocation failure: LibTorch's allocators and oneDNN throw errors of a general type.
inline bool isOutOfMemory(const char *text) {
    for (auto words : {"not enough memory", "can't allocate memory", "annot allocate memory", "could not create a memory"})
        if (strstr(text, words)) return true;
    return false;
}

/// Runs `body` and converts every exception to a status and an error message.
template <typename Body> CTStatus run(char **error, Body body) noexcept {
    auto report = [&](CTStatus status, const char *text) {
        if (error) *error = strdup(text);
        return status;
    };
    try {
        body();
        return CT_OK;
    } catch (const Failure &failure) {
        return report(failure.status, failure.what());
    } catch (const c10::OutOfMemoryError &failure) {
        return report(CT_OUT_OF_MEMORY, failure.what_without_backtrace());
    } catch (const std::bad_alloc &) {
        return report(CT_OUT_OF_MEMORY, "out of memory");
    } catch (const std::system_error &failure) {
        // Thread creation fails with this error if its stack cannot be allocated.
        bool memory = failure.code() == std::errc::not_enough_memory ||
                      failure.code() == std::errc::resource_unavailable_try_again;
        return report(memory ? CT_OUT_OF_MEMORY : CT_FAILED, failure.what());
    } catch (const c10::Error &failure) {
        return report(isOutOfMemory(failure.what_without_backtrace()) ? CT_OUT_OF_MEMORY : CT_FAILED,
                      failure.what_without_backtrace());
    } catch (const std::exception &failure) {
        return report(isOutOfMemory(failure.what()) ? CT_OUT_OF_MEMORY : CT_FAILED, failure.what());
    } catch (...) {
        return report(CT_FAILED, "unknown error in LibTorch");
    }
}

} // namespace interop
