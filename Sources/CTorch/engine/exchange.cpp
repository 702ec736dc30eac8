// All-reduce of gradients in buckets, overlapped with the backward pass (Li et al. 2020, "PyTorch Distributed: Experiences
// on accelerating data parallel training", section 3.2).
#include "interop.h"
#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <memory>
#include <mutex>
#include <torch/csrc/autograd/variable.h>

using namespace interop;

namespace {

/// Groups gradients into buckets in the order in which the backward pass completes them, and sends each full bucket.
///
/// Shared by the hooks: after a backward pass has thrown, another device's thread may still run a hook.
class Buckets {
public:
    Buckets(const CTTensor *parameters, CTExchange exchange) : parameters(parameters), exchange(exchange) {}

    /// Adds a parameter whose gradient is complete. No effect after `end`.
    void add(int32_t index) {
        std::lock_guard lock(guard);
        if (ended) return;
        order = order * 31 + static_cast<uint32_t>(index) + 1;
        waiting.push_back(index);
        size += unwrap(parameters[index]).grad().numel();
        if (size >= exchange.bucket) send();
        else check(exchange.advance(exchange.context, &text));
    }

    /// Sends the last bucket, waits for all sums and copies them into the gradients.
    uint32_t finish() {
        std::lock_guard lock(guard);
        send();
        check(exchange.finish(exchange.context, &text));
        for (auto &bucket : sent) {
            bucket.values.mul_(exchange.scale);
            each(bucket, [](at::Tensor part, at::Tensor gradient) { gradient.copy_(part); });
        }
        return order;
    }

    /// Stops all use of the caller's functions and parameters.
    void end() {
        std::lock_guard lock(guard);
        ended = true;
    }

private:
    struct Bucket {
        std::vector<int32_t> indices;
        at::Tensor values;
    };

    std::mutex guard;
    bool ended = false;
    const CTTensor *parameters;
    CTExchange exchange;
    std::vector<int32_t> waiting;
    std::vector<Bucket> sent;
    int64_t size = 0;
    uint32_t order = 0;
    char *text = nullptr;

    void send() {
        if (waiting.empty()) return;
        // On the CPU, where MPI can read it without CUDA support.
        Bucket bucket{waiting, at::empty({size}, at::TensorOptions().dtype(at::kFloat))};
        each(bucket, [](at::Tensor part, at::Tensor gradient) { part.copy_(gradient); });
        waiting.clear();
        auto count = size;
        size = 0;
        sent.push_back(bucket);
        // The pending sum shares ownership of the buffer: it may outlive this object.
        CTTensor shared;
        wrap(&shared, bucket.values);
        check(exchange.begin(exchange.context, shared, bucket.values.data_ptr<float>(), count, &text));
    }

    template <typename Body> void each(Bucket &bucket, Body body) {
        int64_t start = 0;
        for (auto index : bucket.indices) {
            const auto &gradient = unwrap(parameters[index]).grad();
            body(bucket.values.narrow(0, start, gradient.numel()).view(gradient.sizes()), gradient);
            start += gradient.numel();
        }
    }

    void check(CTStatus status) {
        if (status == CT_OK) return;
        std::string words = text ? text : "the all-reduce of gradients failed";
        free(text);
        text = nullptr;
        throw Failure(status, words);
    }
};

struct GradientHook : torch::autograd::PostAccumulateGradHook {
    std::shared_ptr<Buckets> buckets;
    int32_t index;

    GradientHook(std::shared_ptr<Buckets> buckets, int32_t index) : buckets(std::move(buckets)), index(index) {}

    void operator()(const at::Tensor &) override {
        at::NoGradGuard noGrad;
        buckets->add(index);
    }
};

/// Registers the parameters' hooks, and removes them on destruction.
class Hooks {
public:
    Hooks(const std::shared_ptr<Buckets> &buckets, const CTTensor *parameters, int32_t count)
        : parameters(parameters), count(count) {
        for (int32_t i = 0; i < count; ++i) set(i, std::make_unique<GradientHook>(buckets, i));
    }
    ~Hooks() {
        for (int32_t i = 0; i < count; ++i) set(i, nullptr);
    }

private:
    const CTTensor *parameters;
    int32_t count;

    void set(int32_t i, std::unique_ptr<torch::autograd::PostAccumulateGradHook> hook) {
        torch::autograd::impl::set_post_acc_grad_hooks(unwrap(parameters[i]), std::move(hook));
    }
};

} // namespace

CTStatus dimorph_engine_backward_exchanging(CTTensor loss, const CTTensor *parameters, int32_t count,
                                            CTExchange exchange, uint32_t *order, char **error) {
    return run(error, [&] {
        auto buckets = std::make_shared<Buckets>(parameters, exchange);
        // On success and on failure: the caller's functions and parameters are not used after the return.
        struct End {
            Buckets &buckets;
            ~End() { buckets.end(); }
        } end{*buckets};
        if (exchange.overlaps) {
            Hooks hooks(buckets, parameters, count);
            unwrap(loss).backward();
        } else {
            unwrap(loss).backward();
        }
        at::NoGradGuard noGrad;
        for (int32_t i = 0; i < count && !exchange.overlaps; ++i)
            if (unwrap(parameters[i]).grad().defined()) buckets->add(i);
        *order = buckets->finish();
    });
}
