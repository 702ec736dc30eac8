// Ownership of the buffers of a gradient sum when a backward pass throws. Run by `Scripts/test --sanitize address`.
//
// A mock of MPI keeps raw pointers and writes to them later, as MPI does for a pending sum. It releases a tensor only when its
// sum is complete. usage: exchange-ownership ENGINE
#include "CTorch.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <vector>

static void *library;

template <typename Function> Function *symbol(const char *name) {
    void *found = dlsym(library, name);
    if (!found) {
        fprintf(stderr, "the engine lacks %s\n", name);
        exit(2);
    }
    return reinterpret_cast<Function *>(found);
}
#define ENGINE(name) symbol<decltype(ct_##name)>("dimorph_engine_" #name)

static void require(bool holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "exchange-ownership: %s\n", what);
    exit(1);
}

static void succeed(CTStatus status, char *error) { require(status == CT_OK, error ? error : "an engine call failed"); }

/// Pending sums, and the call that fails.
struct Sums {
    struct Sum {
        CTTensor tensor;
        float *values;
        int64_t count;
    };
    std::vector<Sum> held;
    size_t failsAt = SIZE_MAX;
    bool failsAtEnd = false;

    /// Writes to the buffers, as MPI's progress may at any time.
    void write(float value) {
        for (auto &sum : held)
            for (int64_t i = 0; i < sum.count; ++i) sum.values[i] = value;
    }

    void complete() {
        write(7);
        for (auto &sum : held) succeed(ENGINE(release)(sum.tensor, nullptr), nullptr);
        held.clear();
    }
};

static CTStatus begin(void *context, CTTensor tensor, float *values, int64_t count, char **error) {
    auto &sums = *static_cast<Sums *>(context);
    sums.held.push_back({tensor, values, count});
    if (sums.held.size() < sums.failsAt) return CT_OK;
    *error = strdup("planted");
    return CT_FAILED;
}

static CTStatus advance(void *, char **) { return CT_OK; }

static CTStatus finish(void *context, char **error) {
    if (!static_cast<Sums *>(context)->failsAtEnd) return CT_OK;
    *error = strdup("planted");
    return CT_FAILED;
}

/// Runs the backward pass of a loss of six parameters, each in a separate bucket.
static CTStatus backward(Sums &sums, bool overlaps) {
    const int64_t shape[] = {4096};
    const int count = 6;
    char *error = nullptr;
    std::vector<CTTensor> parameters(count), made;
    CTTensor loss = nullptr;
    for (int i = 0; i < count; ++i) {
        succeed(ENGINE(full)(shape, 1, i + 1, CT_F32, {0, 0}, &parameters[i], &error), error);
        succeed(ENGINE(set_requires_gradient)(parameters[i], true, &error), error);
        CTTensor square, sum, total;
        succeed(ENGINE(mul)(parameters[i], parameters[i], &square, &error), error);
        const int64_t axes[] = {0};
        succeed(ENGINE(sum)(square, axes, 1, false, &sum, &error), error);
        made.insert(made.end(), {square, sum});
        if (loss) {
            succeed(ENGINE(add)(loss, sum, &total, &error), error);
            made.push_back(total);
            loss = total;
        } else {
            loss = sum;
        }
    }
    CTExchange exchange{&sums, begin, advance, finish, 1, 1024, overlaps};
    uint32_t order = 0;
    auto status = ENGINE(backward_exchanging)(loss, parameters.data(), count, exchange, &order, &error);
    free(error);
    for (auto tensor : made) ENGINE(release)(tensor, nullptr);
    for (auto tensor : parameters) ENGINE(release)(tensor, nullptr);
    return status;
}

int main(int, char **arguments) {
    library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return 2;
    }
    for (bool overlaps : {true, false}) {
        Sums sums;
        sums.failsAt = 3;
        require(backward(sums, overlaps) == CT_FAILED, "a sum that fails does not fail the backward pass");
        require(sums.held.size() == 3, "the number of sums is not three");
        sums.complete();
        sums.failsAt = SIZE_MAX;
        sums.failsAtEnd = true;
        require(backward(sums, overlaps) == CT_FAILED, "a wait that fails does not fail the backward pass");
        require(sums.held.size() == 6, "the number of sums is not six");
        sums.complete();
        sums.failsAtEnd = false;
        require(backward(sums, overlaps) == CT_OK, "the next backward pass fails");
        sums.complete();
    }
    puts("exchange-ownership: numbers stay with their sums");
}
