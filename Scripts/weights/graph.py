"""A network as a short list of operations over named arrays, and its safetensors file.

Each operation is a dict: {"op": name, "in": [values], "out": value, ...settings}; `weight`, `bias` and `constant` name arrays
of the file. Images are NCHW. Sources/Vision/Graph.swift runs the list.
"""

import json
import os
import struct

import numpy as np


class Graph:
    def __init__(self, inputs):
        self.inputs = inputs
        self.outputs = []
        self.operations = []
        self.arrays = {}

    def add(self, op, inputs, output, **settings):
        self.operations.append({"op": op, "in": list(inputs), "out": output, **settings})
        return output

    def store(self, name, array):
        self.arrays[name] = np.ascontiguousarray(array, np.float32)
        return name

    def keep_only_needed(self):
        """Drops operations and arrays that no output depends on."""
        needed, kept = set(self.outputs.values()), []
        for operation in reversed(self.operations):
            if operation["out"] in needed:
                needed.update(operation["in"])
                kept.append(operation)
        self.operations = kept[::-1]
        used = {o[k] for o in self.operations for k in ("weight", "bias", "constant") if o.get(k)}
        self.arrays = {name: array for name, array in self.arrays.items() if name in used}

    def shorten_names(self):
        """Numbers the values, so that the list does not carry the original files' names around."""
        names = {name: name for name in self.inputs}
        for index, operation in enumerate(self.operations):
            operation["in"] = [names[name] for name in operation["in"]]
            names[operation["out"]] = operation["out"] = f"v{index}"
        self.outputs = {key: names[value] for key, value in self.outputs.items()}

    def write(self, path, about):
        self.keep_only_needed()
        self.shorten_names()
        listing = {"inputs": self.inputs, "outputs": self.outputs, "operations": self.operations}
        header = {"__metadata__": {"graph": json.dumps(listing, separators=(",", ":")), **about}}
        offset = 0
        for name, array in self.arrays.items():
            header[name] = {
                "dtype": "F32", "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
            offset += array.nbytes
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        aside = f"{path}.part"
        with open(aside, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            for array in self.arrays.values():
                file.write(array.astype("<f4").tobytes())
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
