// Operations on lists of parameters: gradient clipping and moving averages.
#include "interop.h"
#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

using namespace interop;

CTStatus dimorph_engine_clear_gradients(const CTTensor *parameters, int32_t count, char **error) {
    return run(error, [&] {
        for (int32_t i = 0; i < count; ++i) unwrap(parameters[i]).mutable_grad() = at::Tensor();
    });
}

CTStatus dimorph_engine_clip_gradients(const CTTensor *parameters, int32_t count, double maximum, CTTensor *norm,
                                       char **error) {
    return run(error, [&] {
        at::NoGradGuard noGrad;
        std::vector<at::Tensor> all;
        for (int32_t i = 0; i < count; ++i)
            if (const auto &gradient = unwrap(parameters[i]).grad(); gradient.defined()) all.push_back(gradient);
        TORCH_CHECK(!all.empty(), "no parameter has a gradient");
        auto total = at::linalg_vector_norm(at::stack(at::_foreach_norm(all, 2)), 2);
        at::_foreach_mul_(all, at::clamp_max(at::mul(at::reciprocal(at::add(total, 1e-6)), maximum), 1.0));
        wrap(norm, total);
    });
}

CTStatus dimorph_engine_lerp_all(const CTTensor *targets, const CTTensor *sources, int32_t count, double weight,
                                 char **error) {
    return run(error, [&] {
        at::NoGradGuard noGrad;
        at::_foreach_lerp_(list(targets, count), list(sources, count), weight);
    });
}
