// Steps of the optimizers, over all parameters at once and in place.
//
// Gradients are used up: where a rule needs room, it works in the gradient's own memory, so that a step takes no more
// than the moments that it keeps (and, with dropped updates, one mask at a time).
#include "border.h"
#include <ATen/Context.h>
#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <cmath>

using namespace border;

using Tensors = std::vector<at::Tensor>;
using Scalars = std::vector<at::Scalar>;

namespace {

/// The parameters that have a gradient, and what belongs to them; the others are left as they are.
struct Present {
    std::vector<int32_t> indices;
    Tensors parameters, gradients;

    Present(const CTTensor *all, int32_t count, int64_t *steps) {
        for (int32_t i = 0; i < count; ++i) {
            const auto &gradient = the(all[i]).grad();
            if (!gradient.defined()) continue;
            indices.push_back(i);
            parameters.push_back(the(all[i]));
            gradients.push_back(gradient);
            ++steps[i];
        }
    }

    Tensors pick(const CTTensor *handles) const {
        Tensors tensors;
        tensors.reserve(indices.size());
        for (auto i : indices) tensors.push_back(the(handles[i]));
        return tensors;
    }

    /// One number for each parameter, from the number of its steps.
    template <typename Value> Scalars scalars(const int64_t *steps, Value value) const {
        Scalars numbers;
        numbers.reserve(indices.size());
        for (auto i : indices) numbers.emplace_back(value(static_cast<double>(steps[i])));
        return numbers;
    }

    /// parameter ← parameter − rate · (direction + decay · parameter), where the directions lie in the gradients'
    /// memory; with chance `dropped` a number stays as it is (Lin et al. 2019, "Learning rate dropout").
    void descend(const uint64_t *seeds, const CTUpdate &update) {
        if (update.decay != 0) at::_foreach_add_(gradients, parameters, update.decay);
        if (update.dropped > 0) {
            TORCH_CHECK(seeds, "dropped updates need seeds");
            for (size_t k = 0; k < indices.size(); ++k) {
                const auto &direction = gradients[k];
                auto numbers = at::globalContext().defaultGenerator(direction.device()).clone();
                numbers.set_current_seed(seeds[indices[k]]);
                auto kept = at::empty(direction.sizes(), direction.options().dtype(at::kBool));
                direction.mul_(kept.bernoulli_(1 - update.dropped, numbers));
            }
        }
        at::_foreach_add_(parameters, gradients, -update.rate);
    }
};

/// direction ← (first / bias₁) / (√(second / bias₂) + ε), where bias = 1 − βᵗ.
void normalise(Present &present, const Tensors &first, const Tensors &second, const int64_t *steps,
               const CTUpdate &update) {
    auto &room = present.gradients;
    at::_foreach_copy_(room, second);
    at::_foreach_sqrt_(room);
    at::_foreach_mul_(room, present.scalars(steps, [&](double t) {
        return 1 / std::sqrt(1 - std::pow(update.beta2, t));
    }));
    at::_foreach_add_(room, update.epsilon);
    at::_foreach_reciprocal_(room);
    at::_foreach_mul_(room, first);
    at::_foreach_mul_(room, present.scalars(steps, [&](double t) { return 1 / (1 - std::pow(update.beta1, t)); }));
}

/// The counters as tensors on the device, by one copy.
Tensors counters(const Present &present, const int64_t *steps) {
    std::vector<float> values;
    for (auto i : present.indices) values.push_back(static_cast<float>(steps[i]));
    return at::tensor(values).to(present.parameters[0].device()).unbind();
}

} // namespace

CTStatus dimorph_engine_adam_step(const CTTensor *parameters, const CTTensor *first, const CTTensor *second,
                                  int64_t *steps, const uint64_t *seeds, int32_t count, CTUpdate update,
                                  char **error) {
    return run(error, [&] {
        at::NoGradGuard quiet;
        Present present(parameters, count, steps);
        if (present.indices.empty()) return;
        auto means = present.pick(first), squares = present.pick(second);
        if (update.dropped <= 0) {
            at::_fused_adamw_(present.parameters, present.gradients, means, squares, {}, counters(present, steps),
                              update.rate, update.beta1, update.beta2, update.decay, update.epsilon, false, false, {},
                              {});
            return;
        }
        at::_foreach_lerp_(means, present.gradients, 1 - update.beta1);
        at::_foreach_mul_(squares, update.beta2);
        at::_foreach_addcmul_(squares, present.gradients, present.gradients, 1 - update.beta2);
        normalise(present, means, squares, steps, update);
        present.descend(seeds, update);
    });
}

CTStatus dimorph_engine_adabelief_step(const CTTensor *parameters, const CTTensor *first, const CTTensor *second,
                                       int64_t *steps, const uint64_t *seeds, int32_t count, CTUpdate update,
                                       char **error) {
    return run(error, [&] {
        at::NoGradGuard quiet;
        Present present(parameters, count, steps);
        if (present.indices.empty()) return;
        auto means = present.pick(first), beliefs = present.pick(second);
        auto &surprise = present.gradients;
        at::_foreach_lerp_(means, surprise, 1 - update.beta1);
        at::_foreach_sub_(surprise, means);
        at::_foreach_mul_(beliefs, update.beta2);
        at::_foreach_addcmul_(beliefs, surprise, surprise, 1 - update.beta2);
        at::_foreach_add_(beliefs, update.epsilon);
        normalise(present, means, beliefs, steps, update);
        present.descend(seeds, update);
    });
}

CTStatus dimorph_engine_lion_step(const CTTensor *parameters, const CTTensor *first, int64_t *steps,
                                  const uint64_t *seeds, int32_t count, CTUpdate update, char **error) {
    return run(error, [&] {
        at::NoGradGuard quiet;
        Present present(parameters, count, steps);
        if (present.indices.empty()) return;
        auto means = present.pick(first);
        // With c = β₁·m + (1 − β₁)·g the next mean β₂·m + (1 − β₂)·g lies between m and c.
        auto &between = present.gradients;
        at::_foreach_lerp_(between, means, update.beta1);
        at::_foreach_lerp_(means, between, (1 - update.beta2) / (1 - update.beta1));
        at::_foreach_sign_(between);
        present.descend(seeds, update);
    });
}
