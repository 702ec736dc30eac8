"""Whether PyTorch draws with an exported module what dimorph drew.

usage: check-torchscript.py MODULE.pt DRAWN.safetensors

The second holds the module's inputs by name, and `colours` and `mask` as dimorph drew them. Fails where a number differs
by more than 1e-4.
"""

import json
import struct
import sys

import torch


def load(path):
    with open(path, "rb") as file:
        data = file.read()
    size = struct.unpack("<Q", data[:8])[0]
    header, body = json.loads(data[8:8 + size]), data[8 + size:]
    header.pop("__metadata__", None)
    return {
        name: torch.frombuffer(bytearray(body[slice(*entry["data_offsets"])]), dtype=torch.float32).reshape(entry["shape"])
        for name, entry in header.items()}


module, tensors = torch.jit.load(sys.argv[1]), load(sys.argv[2])
wanted = tensors.pop("colours"), tensors.pop("mask")
with torch.no_grad():
    given = module(**tensors)
for name, a, b in zip(("colours", "mask"), given, wanted):
    if a.shape != b.shape or (a - b).abs().max() > 1e-4:
        sys.exit(f"{name} differs: {tuple(a.shape)} {tuple(b.shape)}")
