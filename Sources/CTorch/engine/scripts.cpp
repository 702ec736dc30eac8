// TorchScript: traces a function over tensors into a module, and runs modules.
#include "interop.h"
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/serialization/import.h>

using namespace interop;
using torch::jit::Stack;

/// The tensors of a module's result: a single tensor or a tuple.
static std::vector<at::Tensor> tensors(const at::IValue &value) {
    if (value.isTensor()) return {value.toTensor()};
    std::vector<at::Tensor> found;
    for (const auto &element : value.toTupleRef().elements()) found.push_back(element.toTensor());
    return found;
}

CTStatus dimorph_engine_trace(const CTTensor *inputs, const char *const *names, int32_t count, CTFunction body,
                              const char *path, char **error) {
    std::unique_ptr<CTFunction, void (*)(CTFunction *)> held(&body, [](CTFunction *f) { f->release(f->context); });
    return run(error, [&] {
        at::NoGradGuard noGrad;
        Stack examples;
        std::vector<std::string> labels;
        for (int32_t i = 0; i < count; ++i) {
            examples.emplace_back(unwrap(inputs[i]));
            labels.emplace_back(names[i]);
        }
        torch::jit::Module module("Swap");
        auto traced = [&](Stack stack) -> Stack {
            std::vector<at::Tensor> given;
            for (auto &value : stack) given.push_back(value.toTensor());
            auto results = call(body, given);
            if (results.size() == 1) return {results[0]};
            return {at::ivalue::Tuple::create(std::vector<at::IValue>(results.begin(), results.end()))};
        };
        auto state = torch::jit::tracer::trace(
                         std::move(examples), traced, [](const at::Tensor &) { return std::string(); }, true, false,
                         &module, labels)
                         .first;
        auto unit = module._ivalue()->compilation_unit();
        module.type()->addMethod(unit->create_function(c10::QualifiedName(*module.type()->name(), "forward"),
                                                       state->graph));
        module.eval();
        module.save(path);
    });
}

CTStatus dimorph_engine_run_script(const char *path, CTDevice place, const CTTensor *inputs, int32_t count,
                                   CTTensor *outputs, int32_t capacity, int32_t *filled, char **error) {
    return run(error, [&] {
        at::NoGradGuard noGrad;
        auto module = torch::jit::load(path, device(place));
        std::vector<at::IValue> values;
        for (auto &input : list(inputs, count)) values.emplace_back(input);
        auto results = tensors(module.forward(values));
        TORCH_CHECK(results.size() <= static_cast<size_t>(capacity), "a module with more than ", capacity, " results");
        for (size_t i = 0; i < results.size(); ++i) wrap(outputs + i, results[i]);
        *filled = static_cast<int32_t>(results.size());
    });
}
