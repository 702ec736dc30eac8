"""Reads the ONNX files of YuNet and SFace into a Graph: dequantised, batch norms folded into the layer before or after."""

import numpy as np
import onnx
from onnx import helper, numpy_helper

from .graph import Graph


def read(data, image, outputs=None, reverse_channels=False):
    """`data`: bytes of the file. `image`: the name that the first input gets. `outputs`: names for the file's outputs, else
    they keep their own. `reverse_channels`: the first convolution is turned round to take RGB where it took BGR."""
    model = onnx.load_from_string(data)
    constants = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    feeds = [i.name for i in model.graph.input if i.name not in constants]
    graph = Graph([image])
    same = {feeds[0]: image}  # values that are another value under a new name
    for node in model.graph.node:
        settings = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        inputs = [same.get(name, name) for name in node.input]
        output = node.output[0]
        kind = node.op_type
        if kind == "Constant":
            constants[output] = numpy_helper.to_array(settings["value"])
        elif kind == "DequantizeLinear":
            constants[output] = dequantised(*(constants[name] for name in inputs), **settings)
        elif kind == "Reshape" and inputs[0] in constants:
            constants[output] = constants[inputs[0]].reshape([int(n) for n in constants[inputs[1]]])
        elif kind in ("Dropout", "Transpose", "Reshape", "Flatten"):
            # Heads are read as maps [N, C, H, W]; `linear` flattens what it gets.
            same[output] = inputs[0]
        elif kind == "BatchNormalization":
            same[output] = fold(graph, constants, inputs, output, settings["epsilon"])
        else:
            operation(graph, constants, kind, inputs, output, settings)
    names = outputs or [o.name for o in model.graph.output]
    graph.outputs = {name: same.get(o.name, o.name) for name, o in zip(names, model.graph.output)}
    if reverse_channels:
        first = graph.operations[0]
        assert first["op"] == "conv2d"
        graph.store(first["weight"], graph.arrays[first["weight"]][:, ::-1])
    return graph


def dequantised(values, scale, zero=0, axis=1, block_size=0):
    """ONNX DequantizeLinear: (values − zero) · scale, for each block, slice or tensor."""
    def spread(a):
        a = np.asarray(a, np.float32)
        if block_size:
            return np.take(np.repeat(a, block_size, axis), range(values.shape[axis]), axis)
        if a.size > 1:
            return a.reshape([-1 if k == axis else 1 for k in range(values.ndim)])
        return a

    return (values.astype(np.float32) - spread(zero)) * spread(scale)


def operation(graph, constants, kind, inputs, output, settings):
    def symmetric(name):
        pads = settings.get("pads", [0, 0, 0, 0])
        assert pads[:2] == pads[2:], f"{name}: padding {pads} is not symmetric"
        return pads[:2]

    if kind == "Conv":
        graph.add(
            "conv2d", inputs[:1], output, weight=graph.store(f"{output}.weight", constants[inputs[1]]),
            bias=graph.store(f"{output}.bias", constants[inputs[2]]) if len(inputs) > 2 else None,
            stride=settings.get("strides", [1, 1]), padding=symmetric(output),
            groups=settings.get("group", 1))
    elif kind == "Gemm":
        weight = constants[inputs[1]] if settings.get("transB", 0) else constants[inputs[1]].T
        graph.add(
            "linear", inputs[:1], output, weight=graph.store(f"{output}.weight", weight),
            bias=graph.store(f"{output}.bias", constants[inputs[2]]), flatten=True)
    elif kind == "PRelu":
        slope = graph.store(f"{output}.slope", constants[inputs[1]].reshape(-1))
        graph.add("prelu", inputs[:1], output, weight=slope)
    elif kind in ("Relu", "Sigmoid"):
        graph.add(kind.lower(), inputs, output)
    elif kind in ("Add", "Sub", "Mul"):
        if inputs[1] in constants:
            constant = graph.store(f"{output}.constant", constants[inputs[1]].reshape(-1))
            graph.add(kind.lower(), inputs[:1], output, constant=constant)
        else:
            graph.add(kind.lower(), inputs, output)
    elif kind == "MaxPool":
        graph.add(
            "max_pool2d", inputs, output, kernel=settings["kernel_shape"], stride=settings["strides"],
            padding=symmetric(output))
    elif kind == "Resize":
        graph.add("upsample_nearest", inputs[:1], output, factor=2)
    else:
        raise NotImplementedError(f"ONNX operation {kind}")


def fold(graph, constants, inputs, output, epsilon):
    """Moves a batch norm into the convolution or linear layer before it; one that follows an activation is kept as a
    multiplication and an addition a channel. Returns the value that stands for its output."""
    gamma, beta, mean, variance = (constants[name].astype(np.float64) for name in inputs[1:5])
    scale = gamma / np.sqrt(variance + epsilon)
    shift = beta - mean * scale
    before = next(o for o in graph.operations if o["out"] == inputs[0])
    if before["op"] in ("conv2d", "linear"):
        weight = graph.arrays[before["weight"]]
        graph.store(before["weight"], weight * scale.reshape([-1] + [1] * (weight.ndim - 1)))
        bias = graph.arrays[before["bias"]] if before["bias"] else 0
        before["bias"] = graph.store(f"{before['out']}.bias", bias * scale + shift)
        return inputs[0]
    channels = [-1, 1, 1]
    factor = graph.store(f"{output}.scale", scale.reshape(channels))
    offset = graph.store(f"{output}.shift", shift.reshape(channels))
    graph.add("mul", inputs[:1], f"{output}.scaled", constant=factor)
    return graph.add("add", [f"{output}.scaled"], output, constant=offset)
