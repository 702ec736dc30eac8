"""Writes the reference values that Swift's tests compare with, as safetensors."""

import json
import pathlib
import struct
import sys

import torch


def save(path, tensors):
    header, offset = {"__metadata__": {"made": pathlib.Path(sys.argv[0]).name, "torch": torch.__version__}}, 0
    names = {torch.float32: "F32", torch.float64: "F64", torch.int64: "I64"}
    for name, tensor in tensors.items():
        size = tensor.numel() * tensor.element_size()
        header[name] = {
            "dtype": names[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.contiguous().numpy().tobytes())
