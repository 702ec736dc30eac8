// Optimizer steps, on many parameters at once and in place.
//
// Gradients are consumed: a rule that needs scratch memory uses the gradient's own, so that a step needs no memory beyond
// the moments (and, with dropped updates, one mask at a time).
#include "interop.h"
#include <ATen/Context.h>
#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <cmath>
#include <torch/csrc/autograd/variable.h>

using namespace interop;

using Tensors = std::vector<at::Tensor>;
using Scalars = std::vector<at::Scalar>;

namespace {

/// The parameters in `begin..<end` that have a gradient, with their gradients; the others are not changed.
struct Present {
    const CTOptimizerState &memory;
    std::vector<int32_t> indices;
    Tensors parameters, gradients;

    Present(const CTOptimizerState &memory, int32_t begin, int32_t end) : memory(memory) {
        for (int32_t i = begin; i < end; ++i) {
            const auto &gradient = unwrap(memory.parameters[i]).grad();
            if (!gradient.defined()) continue;
            indices.push_back(i);
            parameters.push_back(unwrap(memory.parameters[i]));
            gradients.push_back(gradient);
            ++memory.steps[i];
        }
    }

    Tensors pick(const CTTensor *handles) const {
        Tensors tensors;
        tensors.reserve(indices.size());
        for (auto i : indices) tensors.push_back(unwrap(handles[i]));
        return tensors;
    }

    /// One scalar per parameter, computed from its step count.
    template <typename Value> Scalars scalars(Value value) const {
        Scalars numbers;
        numbers.reserve(indices.size());
        for (auto i : indices) numbers.emplace_back(value(static_cast<double>(memory.steps[i])));
        return numbers;
    }

    /// The step counts as tensors on the device, copied at once.
    Tensors counters() const {
        std::vector<float> values;
        for (auto i : indices) values.push_back(static_cast<float>(memory.steps[i]));
        return at::tensor(values).to(parameters[0].device()).unbind();
    }

    /// parameter ← parameter − rate · (direction + decay · parameter), with the directions stored in the gradients' memory.
    /// Each element is skipped with probability `dropped` (Lin et al. 2019, "Learning rate dropout").
    void descend(const CTUpdate &update) {
        if (update.decay != 0) at::_foreach_add_(gradients, parameters, update.decay);
        if (update.dropped > 0) {
            TORCH_CHECK(memory.seeds, "dropped updates need seeds");
            for (size_t k = 0; k < indices.size(); ++k) {
                const auto &direction = gradients[k];
                auto numbers = at::globalContext().defaultGenerator(direction.device()).clone();
                numbers.set_current_seed(memory.seeds[indices[k]]);
                auto kept = at::empty(direction.sizes(), direction.options().dtype(at::kBool));
                direction.mul_(kept.bernoulli_(1 - update.dropped, numbers));
            }
        }
        at::_foreach_add_(parameters, gradients, -update.rate);
    }

    /// direction ← (first / bias₁) / (√(second / bias₂) + ε), where bias = 1 − βᵗ.
    void normalise(const Tensors &first, const Tensors &second, const CTUpdate &update) {
        auto &scratch = gradients;
        at::_foreach_copy_(scratch, second);
        at::_foreach_sqrt_(scratch);
        at::_foreach_mul_(scratch, scalars([&](double t) { return 1 / std::sqrt(1 - std::pow(update.beta2, t)); }));
        at::_foreach_add_(scratch, update.epsilon);
        at::_foreach_reciprocal_(scratch);
        at::_foreach_mul_(scratch, first);
        at::_foreach_mul_(scratch, scalars([&](double t) { return 1 / (1 - std::pow(update.beta1, t)); }));
    }
};

void adam(Present &present, const CTUpdate &update) {
    auto means = present.pick(present.memory.first), squares = present.pick(present.memory.second);
    if (update.dropped <= 0) {
        at::_fused_adamw_(present.parameters, present.gradients, means, squares, {}, present.counters(), update.rate,
                          update.beta1, update.beta2, update.decay, update.epsilon, false, false, {}, {});
        return;
    }
    at::_foreach_lerp_(means, present.gradients, 1 - update.beta1);
    at::_foreach_mul_(squares, update.beta2);
    at::_foreach_addcmul_(squares, present.gradients, present.gradients, 1 - update.beta2);
    present.normalise(means, squares, update);
    present.descend(update);
}

void adaBelief(Present &present, const CTUpdate &update) {
    auto means = present.pick(present.memory.first), beliefs = present.pick(present.memory.second);
    auto &deviation = present.gradients;
    at::_foreach_lerp_(means, deviation, 1 - update.beta1);
    at::_foreach_sub_(deviation, means);
    at::_foreach_mul_(beliefs, update.beta2);
    at::_foreach_addcmul_(beliefs, deviation, deviation, 1 - update.beta2);
    at::_foreach_add_(beliefs, update.epsilon);
    present.normalise(means, beliefs, update);
    present.descend(update);
}

void lion(Present &present, const CTUpdate &update) {
    auto means = present.pick(present.memory.first);
    // With c = β₁·m + (1 − β₁)·g, the next mean β₂·m + (1 − β₂)·g is an interpolation between m and c.
    auto &between = present.gradients;
    at::_foreach_lerp_(between, means, update.beta1);
    at::_foreach_lerp_(means, between, (1 - update.beta2) / (1 - update.beta1));
    at::_foreach_sign_(between);
    present.descend(update);
}

/// Updates the parameters `begin..<end` and clears their gradients.
void step(const CTOptimizerState &memory, const CTUpdate &update, int32_t begin, int32_t end) {
    at::NoGradGuard noGrad;
    {
        Present present(memory, begin, end);
        if (present.indices.empty()) return;
        switch (update.rule) {
        case CT_ADAM: adam(present, update); break;
        case CT_ADABELIEF: adaBelief(present, update); break;
        case CT_LION: lion(present, update); break;
        }
    }
    for (int32_t i = begin; i < end; ++i) unwrap(memory.parameters[i]).mutable_grad() = at::Tensor();
}

/// Hook that updates a parameter as soon as its gradient is complete (Lv et al. 2023, "Full parameter fine-tuning with
/// limited resources", there without moments).
struct StepHook : torch::autograd::PostAccumulateGradHook {
    const CTOptimizerState &memory;
    const CTUpdate &update;
    int32_t index;

    StepHook(const CTOptimizerState &memory, const CTUpdate &update, int32_t index)
        : memory(memory), update(update), index(index) {}

    void operator()(const at::Tensor &) override { step(memory, update, index, index + 1); }
};

/// Registers the parameters' hooks, and removes them on destruction.
class Hooks {
public:
    Hooks(const CTOptimizerState &memory, const CTUpdate &update) : memory(memory) {
        for (int32_t i = 0; i < memory.count; ++i) set(i, std::make_unique<StepHook>(memory, update, i));
    }
    ~Hooks() {
        for (int32_t i = 0; i < memory.count; ++i) set(i, nullptr);
    }

private:
    const CTOptimizerState &memory;

    void set(int32_t i, std::unique_ptr<torch::autograd::PostAccumulateGradHook> hook) {
        torch::autograd::impl::set_post_acc_grad_hooks(unwrap(memory.parameters[i]), std::move(hook));
    }
};

} // namespace

CTStatus dimorph_engine_optimizer_step(CTOptimizerState memory, CTUpdate update, char **error) {
    return run(error, [&] { step(memory, update, 0, memory.count); });
}

CTStatus dimorph_engine_backward_stepping(CTTensor loss, CTOptimizerState memory, CTUpdate update, char **error) {
    return run(error, [&] {
        Hooks hooks(memory, update);
        unwrap(loss).backward();
    });
}
