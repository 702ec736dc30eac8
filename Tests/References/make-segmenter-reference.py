#!/usr/bin/env python3
"""Makes VisionTests/Golden/segmenter.safetensors: what MediaPipe itself gives for its selfie segmentation.

    python3.12 -m venv V && V/bin/pip install mediapipe==0.10.21 opencv-contrib-python-headless==4.11.0.86
    V/bin/python make-segmenter-reference.py

MediaPipe's own graph runs the original file (LiteRT alone lacks one of its operations). Input: the picture of
networks.safetensors, every pixel twice two times. Kept is every fourth value of each row and column: a file of 16 KB.
"""

import json
import os
import struct

import mediapipe
import numpy as np

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "VisionTests", "Golden")


def main():
    picture = read(os.path.join(GOLDEN, "networks.safetensors"), "picture")
    large = np.ascontiguousarray(picture.repeat(2, 0).repeat(2, 1))
    with mediapipe.solutions.selfie_segmentation.SelfieSegmentation(model_selection=0) as segmentation:
        person = segmentation.process(large).segmentation_mask
    assert person.shape == (256, 256) and person.dtype == np.float32
    kept = np.ascontiguousarray(person[::4, ::4])
    header = {
        "__metadata__": {"versions": json.dumps({"mediapipe": mediapipe.__version__, "numpy": np.__version__})},
        "person": {"dtype": "F32", "shape": [64, 64], "data_offsets": [0, kept.nbytes]}}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path = os.path.join(GOLDEN, "segmenter.safetensors")
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + kept.tobytes())
    print(path, kept.shape, "mean", kept.mean(), "between 0.1 and 0.9:", ((kept > 0.1) & (kept < 0.9)).mean())


def read(path, name):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        start, end = header[name]["data_offsets"]
        payload = file.read()
    return np.frombuffer(payload[start:end], np.uint8).reshape(header[name]["shape"])


main()
