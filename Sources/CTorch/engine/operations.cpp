// The differentiable operations: arithmetic, shapes and layers.
#include "interop.h"
#include <ATen/Functions.h>

using namespace interop;

#define UNARY(name)                                                                            \
    CTStatus dimorph_engine_##name(CTTensor x, CTTensor *out, char **error) {                  \
        return run(error, [&] { wrap(out, at::name(unwrap(x))); });                               \
    }
#define BINARY(name)                                                                           \
    CTStatus dimorph_engine_##name(CTTensor a, CTTensor b, CTTensor *out, char **error) {      \
        return run(error, [&] { wrap(out, at::name(unwrap(a), unwrap(b))); });                       \
    }
#define SCALAR(name, function)                                                                 \
    CTStatus dimorph_engine_##name(CTTensor x, double value, CTTensor *out, char **error) {    \
        return run(error, [&] { wrap(out, at::function(unwrap(x), value)); });                    \
    }

UNARY(neg)
UNARY(exp)
UNARY(cos)
UNARY(log)
UNARY(sqrt)
UNARY(rsqrt)
UNARY(abs)
UNARY(square)
UNARY(tanh)
UNARY(sigmoid)
UNARY(silu)
UNARY(hardswish)
BINARY(add)
BINARY(sub)
BINARY(mul)
BINARY(div)
BINARY(maximum)
BINARY(minimum)
BINARY(matmul)
BINARY(prelu)
SCALAR(add_scalar, add)
SCALAR(mul_scalar, mul)
SCALAR(leaky_relu, leaky_relu)

CTStatus dimorph_engine_leaky_relu_in_place(CTTensor x, double value, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, at::leaky_relu_(unwrap(x), value)); });
}

// Some operations support the meta device (device kind 3) in Python only: their output shapes are computed here.

CTStatus dimorph_engine_relu(CTTensor x, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, unwrap(x).is_meta() ? at::empty_like(unwrap(x)) : at::relu(unwrap(x))); });
}

CTStatus dimorph_engine_clamp(CTTensor x, double low, double high, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, at::clamp(unwrap(x), low, high)); });
}

CTStatus dimorph_engine_reshape(CTTensor x, const int64_t *shape, int32_t rank, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, unwrap(x).reshape(dims(shape, rank))); });
}

CTStatus dimorph_engine_flatten(CTTensor x, int64_t first, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, unwrap(x).flatten(first)); });
}

CTStatus dimorph_engine_permute(CTTensor x, const int64_t *order, int32_t rank, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, unwrap(x).permute(dims(order, rank))); });
}

CTStatus dimorph_engine_expand(CTTensor x, const int64_t *shape, int32_t rank, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, unwrap(x).expand(dims(shape, rank))); });
}

CTStatus dimorph_engine_concatenate(const CTTensor *parts, int32_t count, int64_t axis, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, at::cat(list(parts, count), axis)); });
}

CTStatus dimorph_engine_slice(CTTensor x, int64_t axis, int64_t start, int64_t end, int64_t step, CTTensor *out,
                              char **error) {
    return run(error, [&] { wrap(out, unwrap(x).slice(axis, start, end, step)); });
}

CTStatus dimorph_engine_split(CTTensor x, int64_t axis, const int64_t *lengths, int32_t count, CTTensor *outputs,
                              char **error) {
    return run(error, [&] {
        auto parts = at::split_with_sizes(unwrap(x), dims(lengths, count), axis);
        for (int32_t i = 0; i < count; ++i) wrap(&outputs[i], parts[i]);
    });
}

CTStatus dimorph_engine_index_select(CTTensor x, int64_t axis, CTTensor index, CTTensor *out, char **error) {
    return run(error, [&] {
        if (!unwrap(x).is_meta()) return wrap(out, at::index_select(unwrap(x), axis, unwrap(index)));
        auto shape = unwrap(x).sizes().vec();
        shape.at(axis) = unwrap(index).numel();
        wrap(out, at::empty(shape, unwrap(x).options()));
    });
}

CTStatus dimorph_engine_pad(CTTensor x, const int64_t *amounts, int32_t count, double value, CTTensor *out,
                            char **error) {
    return run(error, [&] { wrap(out, at::constant_pad_nd(unwrap(x), dims(amounts, count), value)); });
}

CTStatus dimorph_engine_pixel_shuffle(CTTensor x, int64_t factor, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, at::pixel_shuffle(unwrap(x), factor)); });
}

CTStatus dimorph_engine_pixel_unshuffle(CTTensor x, int64_t factor, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, at::pixel_unshuffle(unwrap(x), factor)); });
}

CTStatus dimorph_engine_sum(CTTensor x, const int64_t *axes, int32_t count, bool keep, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, at::sum(unwrap(x), dims(axes, count), keep)); });
}

CTStatus dimorph_engine_mean(CTTensor x, const int64_t *axes, int32_t count, bool keep, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, at::mean(unwrap(x), dims(axes, count), keep)); });
}

CTStatus dimorph_engine_amax(CTTensor x, const int64_t *axes, int32_t count, bool keep, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, at::amax(unwrap(x), dims(axes, count), keep)); });
}

CTStatus dimorph_engine_fft_rfft2(CTTensor x, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, at::view_as_real(at::fft_rfft2(unwrap(x), {}, {-2, -1}, "ortho"))); });
}

CTStatus dimorph_engine_symmetric_eigen(CTTensor x, CTTensor *values, CTTensor *vectors, char **error) {
    return run(error, [&] {
        auto [lengths, directions] = at::linalg_eigh(unwrap(x));
        wrap(values, lengths);
        wrap(vectors, directions);
    });
}

CTStatus dimorph_engine_linear(CTTensor x, CTTensor weight, CTTensor bias, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, at::linear(unwrap(x), unwrap(weight), optional(bias))); });
}

/// Output of a convolution on the meta device.
static at::Tensor metaConvolution(const at::Tensor &x, const at::Tensor &weight, const int64_t *stride,
                                  const int64_t *padding, const int64_t *dilation, int64_t groups) {
    TORCH_CHECK(x.dim() == 4 && x.size(1) == weight.size(1) * groups, "a convolution of ", weight.sizes(),
                " does not accept ", x.sizes());
    auto length = [&](int axis) {
        auto reach = dilation[axis] * (weight.size(2 + axis) - 1);
        return (x.size(2 + axis) + 2 * padding[axis] - reach - 1) / stride[axis] + 1;
    };
    return at::empty({x.size(0), weight.size(0), length(0), length(1)}, x.options());
}

CTStatus dimorph_engine_conv2d(CTTensor x, CTTensor weight, CTTensor bias, const int64_t *stride,
                               const int64_t *padding, const int64_t *dilation, int64_t groups, CTTensor *out,
                               char **error) {
    return run(error, [&] {
        if (unwrap(x).is_meta())
            return wrap(out, metaConvolution(unwrap(x), unwrap(weight), stride, padding, dilation, groups));
        wrap(out, at::conv2d(unwrap(x), unwrap(weight), optional(bias), dims(stride, 2), dims(padding, 2),
                             dims(dilation, 2), groups));
    });
}

CTStatus dimorph_engine_conv_transpose2d(CTTensor x, CTTensor weight, CTTensor bias, const int64_t *stride,
                                         const int64_t *padding, CTTensor *out, char **error) {
    return run(error, [&] {
        wrap(out, at::conv_transpose2d(unwrap(x), unwrap(weight), optional(bias), dims(stride, 2), dims(padding, 2)));
    });
}

CTStatus dimorph_engine_group_norm(CTTensor x, int64_t groups, CTTensor weight, CTTensor bias, double epsilon,
                                   CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, at::group_norm(unwrap(x), groups, optional(weight), optional(bias), epsilon)); });
}

CTStatus dimorph_engine_max_pool2d(CTTensor x, const int64_t *kernel, const int64_t *stride, const int64_t *padding,
                                   CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, at::max_pool2d(unwrap(x), dims(kernel, 2), dims(stride, 2), dims(padding, 2))); });
}

CTStatus dimorph_engine_avg_pool2d(CTTensor x, const int64_t *kernel, const int64_t *stride, CTTensor *out,
                                   char **error) {
    return run(error, [&] { wrap(out, at::avg_pool2d(unwrap(x), dims(kernel, 2), dims(stride, 2))); });
}

CTStatus dimorph_engine_resize_nearest(CTTensor x, int64_t height, int64_t width, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, at::upsample_nearest2d(unwrap(x), {height, width})); });
}

CTStatus dimorph_engine_resize_bilinear(CTTensor x, int64_t height, int64_t width, bool align_corners, CTTensor *out,
                                        char **error) {
    return run(error, [&] { wrap(out, at::upsample_bilinear2d(unwrap(x), {height, width}, align_corners)); });
}

CTStatus dimorph_engine_affine_grid(CTTensor theta, int64_t height, int64_t width, CTTensor *out, char **error) {
    return run(error, [&] {
        wrap(out, at::affine_grid_generator(unwrap(theta), {unwrap(theta).size(0), 1, height, width}, false));
    });
}

CTStatus dimorph_engine_grid_sample(CTTensor x, CTTensor grid, bool border, CTTensor *out, char **error) {
    return run(error, [&] { wrap(out, at::grid_sampler_2d(unwrap(x), unwrap(grid), 0, border ? 1 : 0, false)); });
}
