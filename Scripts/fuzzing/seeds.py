"""Seeds: valid files, produced by the program itself, and the texts in Tests/Fuzz."""
import os
import shutil
import subprocess
import sys

from .program import PROGRAM, ROOT, environment

CORPUS = os.path.join(ROOT, "Tests/Fuzz")


def command(home, *arguments):
    done = subprocess.run([PROGRAM, *arguments], env=environment(home), cwd=home, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit("Scripts/fuzz: making seeds: %s: %s" % (" ".join(arguments), done.stderr[-2000:]))
    return done.stdout


def make_seeds(home):
    """A workspace with two people's faces, a model, a marked video and picture, and an exported set."""
    seeds = os.path.join(home, "seeds")
    os.makedirs(seeds)
    workspace = os.path.join(seeds, "w")
    target = os.path.join(ROOT, "Samples/target-c.mp4")
    with open(os.path.join(home, "dimorph.toml"), "w") as file:
        file.write("[extraction]\ncrop_size = 64\npacked_size = 64\nto = 1.6\n")
    os.makedirs(workspace)
    shutil.copy(os.path.join(home, "dimorph.toml"), workspace)
    for name, clip in [("a", "performer-a.mp4"), ("c", "target-c.mp4")]:
        command(home, "extract", os.path.join(ROOT, "Samples", clip), "--set", name, "--workspace", workspace, "--device", "cpu")
    consents = ["--consent-source", "self:Anna", "--consent-target", "synthetic:Carl"]
    narrow = [part for width in ["encoder=8", "code=16", "decoder=8", "mask=4"] for part in ("--width", width)]
    command(
        home, "train", "--source", "a", "--target", "c", "--iterations", "2", "--batch", "2", "--device", "cpu", "--workspace",
        workspace, "--architecture", "quick96", *narrow, *consents)
    command(home, "convert", "--target", target, "--output", os.path.join(seeds, "marked.png"), "--preview", "3", "--workspace", workspace, "--device", "cpu")
    hybrid = os.path.join(seeds, "hybrid")
    shutil.copytree(workspace, hybrid)
    shutil.rmtree(os.path.join(hybrid, "model"))
    command(
        home, "train", "--source", "a", "--target", "c", "--iterations", "1", "--batch", "2", "--device", "cpu", "--workspace",
        hybrid, "--architecture", "dimorph-s", "--resolution", "32")
    os.makedirs(os.path.join(seeds, "hybrid-model"))
    shutil.copy(os.path.join(hybrid, "model/model.safetensors"), os.path.join(seeds, "hybrid-model"))
    shutil.rmtree(hybrid)
    command(home, "faces", "export", "a", os.path.join(seeds, "exported"), "--workspace", workspace, "--with-identity")
    command(home, "faces", "masks", "export", "a", os.path.join(seeds, "masks"), "--workspace", workspace)
    os.makedirs(os.path.join(seeds, "clips"))
    short = os.path.join(seeds, "clips/short.mp4")
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg:
        def ff(*arguments):
            subprocess.run([ffmpeg, "-v", "error", "-y", "-i", target, *arguments], check=True)
        ff("-frames:v", "4", "-vf", "scale=96:96", "-t", "0.2", short)
        ff("-frames:v", "3", "-vf", "scale=96:96", "-an", "-c:v", "mpeg4", os.path.join(seeds, "clips/short.mkv"))
        ff("-frames:v", "3", "-vf", "scale=96:96", "-c:v", "libx264", "-t", "0.15", os.path.join(seeds, "clips/short.ts"))
        ff("-frames:v", "3", "-vf", "scale=64:64,fps=10", "-an", os.path.join(seeds, "clips/short.gif"))
        ff("-frames:v", "1", "-vf", "scale=96:96", os.path.join(seeds, "one.jpg"))
    else:
        shutil.copy(target, short)
    return seeds


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def write(data, *path):
    with open(os.path.join(*path), "wb") as file:
        file.write(data)


def corpus(folder):
    folder = os.path.join(CORPUS, folder)
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [read(folder, name).decode() for name in names]
