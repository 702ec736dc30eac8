// Shared helpers of the engine: handles, and the conversion of C++ exceptions to status codes.
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

namespace border {

/// Handles created and not yet released by the calling thread.
int64_t live();

/// The tensor of a handle.
inline at::Tensor &unwrap(CTTensor handle) { return *reinterpret_cast<at::Tensor *>(handle); }

/// The tensor of a handle, or an undefined one for NULL (an absent bias).
inline at::Tensor optional(CTTensor handle) { return handle ? unwrap(handle) : at::Tensor(); }

/// Returns a tensor to the caller as a handle.
void wrap(CTTensor *out, at::Tensor tensor);

/// Converts handles to a list of tensors.
std::vector<at::Tensor> list(const CTTensor *handles, int32_t count);

c10::Device device(CTDevice value);
at::ScalarType type(CTType value);
CTType type(at::ScalarType value);

inline at::IntArrayRef dims(const int64_t *values, int32_t count) {
    return at::IntArrayRef(values, static_cast<size_t>(count));
}

/// Error of a caller's function.
struct Failure : std::exception {
    CTStatus status;
    std::string text;

    Failure(CTStatus status, std::string text) : status(status), text(std::move(text)) {}
    const char *what() const noexcept override { return text.c_str(); }
};

/// Calls a caller's function and throws its error as an exception.
std::vector<at::Tensor> call(const CTFunction &function, const std::vector<at::Tensor> &inputs);

/// Whether an error message reports a lack of memory: LibTorch's allocators and oneDNN throw errors of a
/// general type.
inline bool lacksMemory(const char *text) {
    for (auto words : {"not enough memory", "can't allocate memory", "annot allocate memory", "could not create a memory"})
        if (strstr(text, words)) return true;
    return false;
}

/// Runs `body`; converts exceptions to a status and a message.
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
        // A thread could not be started because there is no memory for its stack.
        bool memory = failure.code() == std::errc::not_enough_memory ||
                      failure.code() == std::errc::resource_unavailable_try_again;
        return report(memory ? CT_OUT_OF_MEMORY : CT_FAILED, failure.what());
    } catch (const c10::Error &failure) {
        return report(lacksMemory(failure.what_without_backtrace()) ? CT_OUT_OF_MEMORY : CT_FAILED,
                      failure.what_without_backtrace());
    } catch (const std::exception &failure) {
        return report(lacksMemory(failure.what()) ? CT_OUT_OF_MEMORY : CT_FAILED, failure.what());
    } catch (...) {
        return report(CT_FAILED, "unknown failure inside LibTorch");
    }
}

} // namespace border
