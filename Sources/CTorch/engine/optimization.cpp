// Steps over whole sets of parameters: clipping, AdamW and moving averages.
#include "border.h"
#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

using namespace border;

/// The parameters' gradients; parameters that took no part in the loss are left out, and so are their companions.
static std::vector<at::Tensor> gradients(const CTTensor *parameters, int32_t count, std::vector<int32_t> &present) {
    std::vector<at::Tensor> found;
    for (int32_t i = 0; i < count; ++i) {
        const auto &gradient = the(parameters[i]).grad();
        if (!gradient.defined()) continue;
        found.push_back(gradient);
        present.push_back(i);
    }
    return found;
}

static std::vector<at::Tensor> pick(const CTTensor *handles, const std::vector<int32_t> &indices) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(indices.size());
    for (auto i : indices) tensors.push_back(the(handles[i]));
    return tensors;
}

CTStatus dimorph_engine_clear_gradients(const CTTensor *parameters, int32_t count, char **error) {
    return run(error, [&] {
        for (int32_t i = 0; i < count; ++i) the(parameters[i]).mutable_grad() = at::Tensor();
    });
}

CTStatus dimorph_engine_clip_gradients(const CTTensor *parameters, int32_t count, double maximum, CTTensor *norm,
                                       char **error) {
    return run(error, [&] {
        at::NoGradGuard quiet;
        std::vector<int32_t> present;
        auto all = gradients(parameters, count, present);
        TORCH_CHECK(!all.empty(), "no parameter has a gradient");
        auto total = at::linalg_vector_norm(at::stack(at::_foreach_norm(all, 2)), 2);
        at::_foreach_mul_(all, at::clamp_max(at::mul(at::reciprocal(at::add(total, 1e-6)), maximum), 1.0));
        give(norm, total);
    });
}

CTStatus dimorph_engine_adamw_step(const CTTensor *parameters, const CTTensor *first, const CTTensor *second,
                                   const CTTensor *steps, int32_t count, double rate, double beta1, double beta2,
                                   double decay, double epsilon, char **error) {
    return run(error, [&] {
        at::NoGradGuard quiet;
        std::vector<int32_t> present;
        auto slopes = gradients(parameters, count, present);
        if (slopes.empty()) return;
        auto counters = pick(steps, present);
        at::_foreach_add_(counters, 1);
        at::_fused_adamw_(pick(parameters, present), slopes, pick(first, present), pick(second, present), {}, counters,
                          rate, beta1, beta2, decay, epsilon, false, false, {}, {});
    });
}

CTStatus dimorph_engine_lerp_all(const CTTensor *targets, const CTTensor *sources, int32_t count, double weight,
                                 char **error) {
    return run(error, [&] {
        at::NoGradGuard quiet;
        at::_foreach_lerp_(list(targets, count), list(sources, count), weight);
    });
}
