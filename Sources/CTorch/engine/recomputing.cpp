// Activation checkpointing: an autograd node that stores no intermediate results and runs its function again in the
// backward pass (Chen et al. 2016). Also autocast.
#include "interop.h"
#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

using namespace interop;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

/// The caller's function over tensors, released with its last reference.
class Body : public torch::CustomClassHolder {
public:
    Body(CTFunction function) : function(function) {}
    ~Body() override { function.release(function.context); }

    variable_list operator()(const variable_list &inputs) const { return call(function, inputs); }

private:
    CTFunction function;
};

/// Inputs: a dummy that requires a gradient, so that the node is recorded even if only captured parameters require
/// gradients; then the body's inputs.
struct Recomputed : torch::autograd::Function<Recomputed> {
    static variable_list forward(AutogradContext *context, const c10::intrusive_ptr<Body> &body, at::Tensor,
                                 at::TensorList given) {
        auto inputs = given.vec();
        context->saved_data["body"] = at::IValue::make_capsule(body);
        context->save_for_backward(inputs);
        return (*body)(inputs);
    }

    static variable_list backward(AutogradContext *context, variable_list outputGradients) {
        auto capsule = context->saved_data["body"].toCapsule();
        auto &body = static_cast<Body &>(*capsule);
        variable_list leaves;
        for (const auto &input : context->get_saved_variables()) {
            bool follows = input.requires_grad();
            leaves.push_back(input.detach());
            if (follows) leaves.back().set_requires_grad(true);
        }
        variable_list outputs, gradients;
        {
            at::AutoGradMode record(true);
            auto all = body(leaves);
            TORCH_CHECK(all.size() == outputGradients.size(), "recomputed, the function returned ", all.size(),
                        " tensors instead of ", outputGradients.size());
            for (size_t i = 0; i < all.size(); ++i) {
                if (!all[i].requires_grad()) continue;
                outputs.push_back(all[i]);
                gradients.push_back(outputGradients[i]);
            }
        }
        if (!outputs.empty()) torch::autograd::backward(outputs, gradients);
        variable_list result = {at::Tensor(), at::Tensor()};
        for (const auto &leaf : leaves) result.push_back(leaf.grad());
        return result;
    }
};

} // namespace

CTStatus dimorph_engine_recomputed(const CTTensor *inputs, int32_t count, CTFunction body, CTTensor *outputs,
                                   int32_t capacity, int32_t *filled, char **error) {
    return run(error, [&] {
        auto held = c10::make_intrusive<Body>(body);
        auto anchor = at::empty({0}).set_requires_grad(true);
        auto given = list(inputs, count);
        auto results = Recomputed::apply(held, anchor, at::TensorList(given));
        TORCH_CHECK(results.size() <= static_cast<size_t>(capacity), "a function with more than ", capacity,
                    " results");
        for (size_t i = 0; i < results.size(); ++i) wrap(outputs + i, results[i]);
        *filled = static_cast<int32_t>(results.size());
    });
}

CTStatus dimorph_engine_set_autocast(CTDevice place, CTType kind, bool enabled, bool *previous, char **error) {
    return run(error, [&] {
        auto where = device(place).type();
        *previous = at::autocast::is_autocast_enabled(where);
        if (*previous == enabled) return;
        at::autocast::set_autocast_dtype(where, type(kind));
        at::autocast::set_autocast_enabled(where, enabled);
        // Casts of parameters are cached; the cache is cleared with the outermost scope, before parameters change.
        if (enabled) {
            at::autocast::increment_nesting();
        } else if (at::autocast::decrement_nesting() == 0) {
            at::autocast::clear_cache();
        }
    });
}
