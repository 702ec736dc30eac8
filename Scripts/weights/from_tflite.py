"""Reads the TFLite files of MediaPipe's face mesh, blendshapes and selfie segmentation into a Graph."""

import numpy as np
import tflite
from tflite import BuiltinOperator

from .graph import Graph

OPERATORS = {value: name for name, value in vars(BuiltinOperator).items() if isinstance(value, int)}
TYPES = {0: np.float32, 1: np.float16, 2: np.int32}
SIMPLE = {
    "ADD": "add", "SUB": "sub", "MUL": "mul", "DIV": "div", "NEG": "neg", "SQRT": "sqrt", "RSQRT": "rsqrt",
    "LOGISTIC": "sigmoid", "RELU": "relu", "SQUARED_DIFFERENCE": "squared_difference",
    "HARD_SWISH": "hardswish",
}
ACTIVATIONS = {0: None, 1: "relu"}


class Reader:
    """`images`: the network works on NHWC images, which the Graph turns into NCHW; otherwise axes stay as they are and
    1 × 1 convolutions become linear layers over the last axis."""

    def __init__(self, data, name, images):
        self.images = images
        model = tflite.Model.GetRootAsModel(data, 0)
        sub = model.Subgraphs(0)
        self.shapes, self.constants = {}, {}
        for index in range(sub.TensorsLength()):
            tensor = sub.Tensors(index)
            self.shapes[index] = [tensor.Shape(k) for k in range(tensor.ShapeLength())]
            buffer = model.Buffers(tensor.Buffer())
            if buffer.DataLength():
                assert tensor.Sparsity() is None, "sparse weights are not expected"
                values = np.frombuffer(buffer.DataAsNumpy().tobytes(), TYPES[tensor.Type()])
                self.constants[index] = values.reshape(self.shapes[index])
        self.values = {sub.Inputs(0): name}
        self.graph = Graph([name])
        for index in range(sub.OperatorsLength()):
            self.read(model, sub.Operators(index))
        self.outputs = [self.values[sub.Outputs(k)] for k in range(sub.OutputsLength())]

    def read(self, model, operator):
        code = model.OperatorCodes(operator.OpcodeIndex())
        kind = OPERATORS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        if kind == "CUSTOM":
            kind = code.CustomCode().decode()  # MediaPipe's own
        inputs = [operator.Inputs(k) for k in range(operator.InputsLength())]
        output = operator.Outputs(0)
        if kind == "DEQUANTIZE":
            self.constants[output] = self.constants[inputs[0]].astype(np.float32)
            return
        self.values[output] = f"t{output}"
        if kind in SIMPLE:
            self.simple(SIMPLE[kind], inputs, output, operator)
        else:
            getattr(self, kind.lower())(inputs, output, operator)

    def options(self, operator, kind):
        table = operator.BuiltinOptions()
        options = kind()
        options.Init(table.Bytes, table.Pos)
        return options

    def add(self, op, inputs, output, activation=0, **settings):
        """Adds an operation and the activation that TFLite fuses into it."""
        name = self.values[output]
        activation = ACTIVATIONS[activation]
        self.graph.add(op, inputs, f"{name}.before" if activation else name, **settings)
        if activation:
            self.graph.add(activation, [f"{name}.before"], name)

    def simple(self, op, inputs, output, operator):
        activation = 0
        if op in ("add", "sub", "mul", "div") and operator.BuiltinOptions():
            kind = getattr(tflite, f"{op.capitalize()}Options")
            activation = self.options(operator, kind).FusedActivationFunction()
        held = [i for i in inputs if i in self.constants]
        if held:
            # The constant may stand on either side where the order does not matter.
            assert inputs[-1] in held or op in ("add", "mul")
            constant = self.graph.store(f"t{output}.constant", self.constants[held[0]])
            value = next(i for i in inputs if i not in held)
            self.add(op, [self.values[value]], output, activation, constant=constant)
        else:
            self.add(op, [self.values[i] for i in inputs], output, activation)

    def conv_2d(self, inputs, output, operator):
        options = self.options(operator, tflite.Conv2DOptions)
        weight = self.constants[inputs[1]].transpose(0, 3, 1, 2)
        if self.images:
            self.convolution(inputs, output, options, weight, groups=1)
            return
        assert weight.shape[2:] == (1, 1)
        self.add(
            "linear", [self.values[inputs[0]]], output, options.FusedActivationFunction(),
            weight=self.graph.store(f"t{output}.weight", weight[:, :, 0, 0]),
            bias=self.graph.store(f"t{output}.bias", self.constants[inputs[2]]))

    def depthwise_conv_2d(self, inputs, output, operator):
        options = self.options(operator, tflite.DepthwiseConv2DOptions)
        weight = self.constants[inputs[1]].transpose(3, 0, 1, 2)
        self.convolution(inputs, output, options, weight, groups=self.shapes[inputs[0]][3])

    def convolution(self, inputs, output, options, weight, groups):
        assert options.DilationHFactor() == options.DilationWFactor() == 1
        stride = [options.StrideH(), options.StrideW()]
        source, padding = self.values[inputs[0]], [0, 0]
        if options.Padding() == tflite.Padding.SAME:
            top, bottom = same_padding(self.shapes[inputs[0]][1], weight.shape[2], stride[0])
            left, right = same_padding(self.shapes[inputs[0]][2], weight.shape[3], stride[1])
            if (top, left) == (bottom, right):
                padding = [top, left]
            else:
                source = self.graph.add(
                    "pad", [source], f"t{output}.padded", amounts=[left, right, top, bottom])
        self.add(
            "conv2d", [source], output, options.FusedActivationFunction(),
            weight=self.graph.store(f"t{output}.weight", weight),
            bias=self.graph.store(f"t{output}.bias", self.constants[inputs[2]]), stride=stride, padding=padding,
            groups=groups)

    def prelu(self, inputs, output, operator):
        slope = self.graph.store(f"t{output}.slope", self.constants[inputs[1]].reshape(-1))
        self.add("prelu", [self.values[inputs[0]]], output, weight=slope)

    def max_pool_2d(self, inputs, output, operator):
        options = self.options(operator, tflite.Pool2DOptions)
        kernel, stride = [options.FilterHeight(), options.FilterWidth()], [options.StrideH(), options.StrideW()]
        assert all(n % s == 0 and k == s for n, k, s in zip(self.shapes[inputs[0]][1:3], kernel, stride))
        self.add("max_pool2d", [self.values[inputs[0]]], output, kernel=kernel, stride=stride, padding=[0, 0])

    def average_pool_2d(self, inputs, output, operator):
        """Only ever over the whole picture."""
        options = self.options(operator, tflite.Pool2DOptions)
        assert self.images and [options.FilterHeight(), options.FilterWidth()] == self.shapes[inputs[0]][1:3]
        self.add("mean", [self.values[inputs[0]]], output, axes=[2, 3])

    def resize_bilinear(self, inputs, output, operator):
        """Only ever by a whole factor, with the corners' edges kept."""
        options = self.options(operator, tflite.ResizeBilinearOptions)
        assert self.images and options.HalfPixelCenters() and not options.AlignCorners()
        (height, width), (high, wide) = self.shapes[inputs[0]][1:3], self.shapes[output][1:3]
        assert high % height == 0 and high // height == wide / width
        self.add("upsample_bilinear", [self.values[inputs[0]]], output, factor=high // height)

    def convolution2dtransposebias(self, inputs, output, operator):
        """A transposed convolution whose windows lie side by side."""
        weight = self.constants[inputs[1]].transpose(3, 0, 1, 2)
        stride = [n // m for n, m in zip(self.shapes[output][1:3], self.shapes[inputs[0]][1:3])]
        assert self.images and list(weight.shape[2:]) == stride
        self.add(
            "conv_transpose2d", [self.values[inputs[0]]], output, stride=stride,
            weight=self.graph.store(f"t{output}.weight", weight),
            bias=self.graph.store(f"t{output}.bias", self.constants[inputs[2]]))

    def pad(self, inputs, output, operator):
        amounts = self.constants[inputs[1]]  # before and after, for N, H, W, C
        order = [0, 3, 1, 2] if self.images else range(len(amounts))
        last_first = [int(n) for axis in reversed(order) for n in amounts[axis]]
        while last_first[-2:] == [0, 0]:
            del last_first[-2:]
        self.add("pad", [self.values[inputs[0]]], output, amounts=last_first)

    def mean(self, inputs, output, operator):
        self.reduce("mean", inputs, output, operator)

    def sum(self, inputs, output, operator):
        self.reduce("sum", inputs, output, operator)

    def reduce(self, op, inputs, output, operator):
        assert not self.images and self.options(operator, tflite.ReducerOptions).KeepDims()
        axes = [int(n) for n in np.atleast_1d(self.constants[inputs[1]])]
        self.add(op, [self.values[inputs[0]]], output, axes=axes)

    def transpose(self, inputs, output, operator):
        order = [int(n) for n in self.constants[inputs[1]]]
        self.add("permute", [self.values[inputs[0]]], output, order=order)

    def reshape(self, inputs, output, operator):
        self.add("reshape", [self.values[inputs[0]]], output, shape=self.shapes[output])

    def concatenation(self, inputs, output, operator):
        """Only ever joins one constant before one value."""
        first, second = inputs
        constant = self.graph.store(f"t{output}.constant", self.constants[first])
        axis = self.options(operator, tflite.ConcatenationOptions).Axis()
        self.add("prepend", [self.values[second]], output, constant=constant, axis=axis)

    def strided_slice(self, inputs, output, operator):
        options = self.options(operator, tflite.StridedSliceOptions)
        begin, end, step = (self.constants[i] for i in inputs[1:4])
        source, rank = inputs[0], len(begin)
        value = self.values[source]
        for axis in range(rank):
            assert step[axis] == 1
            length = self.shapes[source][axis]
            low = 0 if options.BeginMask() >> axis & 1 else int(begin[axis])
            high = length if options.EndMask() >> axis & 1 else int(end[axis])
            if options.ShrinkAxisMask() >> axis & 1:
                high = low + 1
            if (low, high) != (0, length):
                cut = f"t{output}.cut{axis}"
                value = self.graph.add("slice", [value], cut, axis=axis, start=low, end=high)
        self.graph.add("reshape", [value], self.values[output], shape=self.shapes[output])


def same_padding(length, kernel, stride):
    """TensorFlow's SAME: as much as the last window needs, the odd one behind."""
    total = max((-(-length // stride) - 1) * stride + kernel - length, 0)
    return total // 2, total - total // 2


def read(data, name, outputs, images):
    """`outputs`: names for the file's outputs in their order; None for one that is not needed."""
    reader = Reader(data, name, images)
    reader.graph.outputs = {key: value for key, value in zip(outputs, reader.outputs) if key}
    return reader.graph
