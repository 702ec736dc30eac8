// Tensor handles, contents, devices and autograd.
#include "interop.h"
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/headeronly/version.h>

using namespace interop;

/// Handles created minus handles released by the calling thread. Tensors are confined to one thread, so a test measures
/// its own leaks only.
static thread_local int64_t handles = 0;

/// Copies of host values to a device made by the calling thread, the CPU device included.
static thread_local int64_t copies = 0;

int64_t interop::live() { return handles; }

void interop::wrap(CTTensor *out, at::Tensor tensor) {
    *out = reinterpret_cast<CTTensor>(new at::Tensor(std::move(tensor)));
    ++handles;
}

std::vector<at::Tensor> interop::list(const CTTensor *items, int32_t count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(static_cast<size_t>(count));
    for (int32_t i = 0; i < count; ++i) tensors.push_back(unwrap(items[i]));
    return tensors;
}

std::vector<at::Tensor> interop::call(const CTFunction &function, const std::vector<at::Tensor> &inputs) {
    std::vector<CTTensor> given(inputs.size()), made(CT_MAXIMUM_RESULTS);
    for (size_t i = 0; i < inputs.size(); ++i) wrap(&given[i], inputs[i]);
    int32_t filled = 0;
    char *text = nullptr;
    auto status = function.call(function.context, given.data(), static_cast<int32_t>(given.size()), made.data(), &filled,
                                &text);
    std::string message = text ? text : "";
    free(text);
    std::vector<at::Tensor> outputs;
    for (int32_t i = 0; i < filled; ++i) {
        outputs.push_back(unwrap(made[i]));
        dimorph_engine_release(made[i], nullptr);
    }
    if (status != CT_OK) throw Failure(status, message);
    return outputs;
}

c10::Device interop::device(CTDevice value) {
    switch (value.kind) {
    case 0: return c10::Device(c10::kCPU);
    case 1: return c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(value.index));
    case 2: return c10::Device(c10::kMPS);
    case 3: return c10::Device(c10::kMeta);
    }
    TORCH_CHECK(false, "unknown device kind ", value.kind);
}

static const at::ScalarType types[] = {at::kByte, at::kInt,   at::kLong,   at::kHalf,
                                       at::kBFloat16, at::kFloat, at::kDouble, at::kBool};

at::ScalarType interop::type(CTType value) {
    TORCH_CHECK(value >= 0 && value < 8, "unknown element type ", value);
    return types[value];
}

CTType interop::type(at::ScalarType value) {
    for (CTType i = 0; i < 8; ++i)
        if (types[i] == value) return i;
    TORCH_CHECK(false, "unsupported element type ", value);
}

CTStatus dimorph_engine_version(char **out, char **error) {
    return run(error, [&] { *out = strdup(TORCH_VERSION); });
}

CTStatus dimorph_engine_live_handles(int64_t *out, char **error) {
    return run(error, [&] { *out = live(); });
}

CTStatus dimorph_engine_host_copies(int64_t *out, char **error) {
    return run(error, [&] { *out = copies; });
}

CTStatus dimorph_engine_has_onednn(bool *out, char **error) {
    return run(error, [&] { *out = at::globalContext().hasMKLDNN(); });
}

CTStatus dimorph_engine_set_thread_count(int32_t count, char **error) {
    return run(error, [&] { at::set_num_threads(count); });
}

CTStatus dimorph_engine_thread_count(int32_t *out, char **error) {
    return run(error, [&] { *out = at::get_num_threads(); });
}

CTStatus dimorph_engine_device_count(CTDevice value, int32_t *out, char **error) {
    return run(error, [&] {
        switch (value.kind) {
        case 0:
        case 3: *out = 1; return;
        case 1: *out = at::hasCUDA() ? c10::impl::getDeviceGuardImpl(c10::kCUDA)->deviceCount() : 0; return;
        default: *out = at::hasMPS() ? 1 : 0;
        }
    });
}

CTStatus dimorph_engine_free_memory(CTDevice value, int64_t *out, char **error) {
    return run(error, [&] {
        *out = -1;
        if (value.kind != 1) return;
        auto place = device(value);
        *out = static_cast<int64_t>(c10::getDeviceAllocator(place.type())->getMemoryInfo(place.index()).first);
    });
}

CTStatus dimorph_engine_synchronize(CTDevice value, char **error) {
    return run(error, [&] {
        if (value.kind == 0 || value.kind == 3) return;
        auto place = device(value);
        c10::impl::getDeviceGuardImpl(place.type())->synchronizeDevice(place.index());
    });
}

CTStatus dimorph_engine_set_gradient_enabled(bool enabled, bool *previous, char **error) {
    return run(error, [&] {
        *previous = at::GradMode::is_enabled();
        at::GradMode::set_enabled(enabled);
    });
}

CTStatus dimorph_engine_release(CTTensor x, char **error) {
    return run(error, [&] {
        delete &unwrap(x);
        --handles;
    });
}

CTStatus dimorph_engine_from_bytes(const void *bytes, const int64_t *shape, int32_t rank, CTType kind, CTDevice place,
                                   CTTensor *out, char **error) {
    return run(error, [&] {
        ++copies;
        auto view = at::from_blob(const_cast<void *>(bytes), dims(shape, rank), at::TensorOptions(type(kind)));
        wrap(out, view.to(device(place), type(kind), false, true));
    });
}

CTStatus dimorph_engine_full(const int64_t *shape, int32_t rank, double value, CTType kind, CTDevice place,
                             CTTensor *out, char **error) {
    return run(error, [&] {
        wrap(out, at::full(dims(shape, rank), value, at::TensorOptions(type(kind)).device(device(place))));
    });
}

CTStatus dimorph_engine_copy_bytes(CTTensor x, void *bytes, int64_t count, char **error) {
    return run(error, [&] {
        auto host = unwrap(x).detach().to(at::kCPU).contiguous();
        TORCH_CHECK(static_cast<int64_t>(host.nbytes()) == count, "the tensor holds ", host.nbytes(), " bytes, not ",
                    count);
        std::memcpy(bytes, host.const_data_ptr(), host.nbytes());
    });
}

CTStatus dimorph_engine_describe(CTTensor x, int64_t *shape, int32_t *rank, CTType *kind, CTDevice *place,
                                 char **error) {
    return run(error, [&] {
        const auto &tensor = unwrap(x);
        TORCH_CHECK(tensor.dim() <= CT_MAXIMUM_RANK, "tensors of more than ", CT_MAXIMUM_RANK,
                    " axes are not supported");
        *rank = static_cast<int32_t>(tensor.dim());
        for (int64_t i = 0; i < tensor.dim(); ++i) shape[i] = tensor.size(i);
        *kind = type(tensor.scalar_type());
        auto where = tensor.device();
        place->kind = where.is_cuda() ? 1 : where.is_mps() ? 2 : where.is_meta() ? 3 : 0;
        place->index = where.has_index() ? where.index() : 0;
    });
}

CTStatus dimorph_engine_to(CTTensor x, CTType kind, CTDevice place, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, unwrap(x).to(device(place), type(kind))); });
}

CTStatus dimorph_engine_contiguous(CTTensor x, bool channels_last, CTTensor *out, char **error) {
    return run(error, [&] {
        wrap(out, unwrap(x).contiguous(channels_last ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous));
    });
}

CTStatus dimorph_engine_assign(CTTensor target, CTTensor source, char **error) {
    return run(error, [&] {
        TORCH_CHECK(unwrap(target).sizes() == unwrap(source).sizes(), "shape ", unwrap(source).sizes(), " given for ",
                    unwrap(target).sizes());
        at::NoGradGuard noGrad;
        unwrap(target).copy_(unwrap(source));
    });
}

CTStatus dimorph_engine_set_requires_gradient(CTTensor x, bool required, char **error) {
    return run(error, [&] { unwrap(x).set_requires_grad(required); });
}

CTStatus dimorph_engine_backward(CTTensor loss, char **error) {
    return run(error, [&] { unwrap(loss).backward(); });
}

CTStatus dimorph_engine_gradient(CTTensor x, CTTensor *out, char **error) {
    return run(error, [&] {
        const auto &gradient = unwrap(x).grad();
        if (gradient.defined()) {
            wrap(out, gradient);
        } else {
            *out = nullptr;
        }
    });
}

CTStatus dimorph_engine_detach(CTTensor x, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, unwrap(x).detach()); });
}

CTStatus dimorph_engine_clone(CTTensor x, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, unwrap(x).detach().clone()); });
}

CTStatus dimorph_engine_share(CTTensor x, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, unwrap(x)); });
}
