"""Formats: each produces one hostile input in a folder and returns the commands that read it."""
import json
import os
import shutil

from .files import of_boxes, of_chain, of_database, of_picture, of_safetensors
from .mutations import as_json, of_bytes, of_json, of_text
from .program import ROOT
from .seeds import corpus, read, write

# Share of the inputs per format.
SHARES = {
    "project": 14, "edits": 10, "recipe": 10, "model": 12, "packed": 8, "index": 14, "consents": 10, "ledger": 6, "exchange": 6,
    "masks": 2, "videos": 4, "pictures": 4,
}


class Formats:
    def __init__(self, seeds):
        self.seeds = seeds
        self.workspace = os.path.join(seeds, "w")
        self.target = os.path.join(seeds, "clips/short.mp4")
        if not os.path.exists(self.target):
            self.target = os.path.join(ROOT, "Samples/target-c.mp4")
        self.fragments = [line for text in corpus("toml") for line in text.split("\n") if line.strip()]
        settings = read(self.workspace, "dimorph.toml").decode()
        self.projects = [settings] + corpus("toml")
        self.lists = corpus("edits")
        self.recipes = corpus("recipes")
        self.clips = {name: read(seeds, "clips", name) for name in sorted(os.listdir(os.path.join(seeds, "clips")))}
        self.stills = {"marked.png": read(seeds, "marked.png")}
        for folder in ["exported"]:
            for name in sorted(os.listdir(os.path.join(seeds, folder)))[:2]:
                if not name.endswith(".json"):
                    self.stills[name] = read(seeds, folder, name)
        if os.path.exists(os.path.join(seeds, "one.jpg")):
            self.stills["one.jpg"] = read(seeds, "one.jpg")

    def linked(self, folder, *own):
        """The workspace in a folder, with hard links for unchanged files and copies of those to be changed."""
        place = os.path.join(folder, "w")
        for path, folders, names in os.walk(self.workspace):
            there = os.path.join(place, os.path.relpath(path, self.workspace))
            os.makedirs(there, exist_ok=True)
            for name in names:
                source = os.path.join(path, name)
                if any(os.path.relpath(source, self.workspace).startswith(o) for o in own) or not name.endswith((".png", ".jpg", ".safetensors")):
                    shutil.copy(source, there)
                else:
                    os.link(source, os.path.join(there, name))
        return place

    def project(self, r, folder):
        place = self.linked(folder)
        text = of_text(r.choice(self.projects), r, self.fragments)
        write(text.encode("utf-8", "surrogatepass") if r.random() < 0.9 else of_bytes(text.encode(), r), place, "dimorph.toml")
        return [["info", "--workspace", place]]

    def edits(self, r, folder):
        text = of_text(r.choice(self.lists), r, self.fragments)
        file = os.path.join(folder, "edits.toml")
        write(text.encode("utf-8", "surrogatepass") if r.random() < 0.9 else of_bytes(text.encode(), r), file)
        # The layer of a missing frame: the list is read and checked, and little else is run.
        return [["convert", "--target", self.target, "--output", os.path.join(folder, "o.png"), "--preview", r.choice(["1", "999999"]), "--edits", file, "--workspace", self.workspace, "--device", "cpu"]]

    def recipe(self, r, folder):
        text = of_text(r.choice(self.recipes), r, self.fragments)
        file = os.path.join(folder, "recipe.toml")
        write(text.encode("utf-8", "surrogatepass") if r.random() < 0.9 else of_bytes(text.encode(), r), file)
        return [["train", "--source", "a", "--target", "c", "--recipe", file, "--show-recipe", "--workspace", self.workspace, "--device", "cpu"]]

    def model(self, r, folder):
        place = self.linked(folder, "model")
        names = ["model.safetensors", "checkpoint.safetensors"]
        name = r.choice(names)
        source = read(self.seeds, "hybrid-model/model.safetensors") if r.random() < 0.5 else read(self.workspace, "model", name)
        write(of_safetensors(source, r), place, "model", name)
        if name == "checkpoint.safetensors":
            commands = [["train", "--source", "a", "--target", "c", "--iterations", "3", "--workspace", place, "--device", "cpu"]]
            if r.random() < 0.7:
                commands = [["train", "--source", "a", "--target", "c", "--show-recipe", "--workspace", place, "--device", "cpu"]]
        else:
            commands = [["export", "--output", os.path.join(folder, "o.safetensors"), "--workspace", place, "--device", "cpu"]]
            if r.random() < 0.3:
                commands = [["convert", "--target", self.target, "--output", os.path.join(folder, "o.png"), "--preview", "1", "--workspace", place, "--device", "cpu"]]
        return commands + ([["info", "--workspace", place]] if r.random() < 0.2 else [])

    def packed(self, r, folder):
        place = self.linked(folder, "sets/a.faces")
        write(of_safetensors(read(self.workspace, "sets/a.faces.safetensors"), r), place, "sets/a.faces.safetensors")
        if r.random() < 0.05:
            return [["train", "--source", "a", "--target", "c", "--iterations", "3", "--workspace", place, "--device", "cpu"]]
        return [["train", "--source", "a", "--target", "c", "--show-recipe", "--workspace", place, "--device", "cpu"]]

    def index(self, r, folder):
        place = self.linked(folder, "dimorph.sqlite")
        for name in ["dimorph.sqlite-wal", "dimorph.sqlite-shm"]:
            if os.path.exists(os.path.join(place, name)):
                os.remove(os.path.join(place, name))
        of_database(os.path.join(place, "dimorph.sqlite"), r)
        out = os.path.join(folder, "out")
        return r.sample(
            [
                ["info", "--workspace", place], ["faces", "list", "a", "--all", "--workspace", place],
                ["faces", "list", "a", "--json", "--sort", "likeness", "--workspace", place],
                ["faces", "export", "a", out, "--workspace", place], ["faces", "cover", "a", "--workspace", place],
                ["faces", "masks", "export", "a", out + "-masks", "--workspace", place], ["faces", "pack", "a", "--workspace", place],
                ["faces", "best", "a", "--count", "3", "--workspace", place], ["faces", "merge", "a", "c", "--workspace", place],
                ["faces", "reject", "a", "yaw > 5", "--workspace", place], ["consent", "check", "--workspace", place],
                ["faces", "sort", "a", "--by", "yaw", "--output", out + ".png", "--workspace", place], ["watch", place, "--once"],
                ["faces", "sort", "a", "--by", "likeness", "--workspace", place], ["train", "--source", "a", "--target", "c", "--show-recipe", "--workspace", place],
            ], 2)

    def chained(self, name, r, folder):
        """A workspace with the hash chain `name` mutated."""
        place = self.linked(folder)
        data, head = of_chain(read(self.workspace, name + ".jsonl"), r)
        write(data, place, name + ".jsonl")
        if head:
            write(head, place, name + ".head")
        return place

    def consents(self, r, folder):
        place = self.chained("consents", r, folder)
        return [r.choice([["consent", "list", "--workspace", place], ["consent", "check", "--workspace", place], ["consent", "list", "--json", "--workspace", place], ["consent", "show", "Anna", "--workspace", place]])]

    def ledger(self, r, folder):
        place = self.chained("ledger", r, folder)
        return [["verify", os.path.join(self.seeds, "exported", sorted(os.listdir(os.path.join(self.seeds, "exported")))[0]), "--workspace", place]]

    def exchange(self, r, folder):
        place = self.linked(folder)
        source = os.path.join(folder, "exported")
        shutil.copytree(os.path.join(self.seeds, "exported"), source)
        data = read(source, "faces.json")
        kind = r.randrange(4)
        if kind == 0:
            data = of_bytes(data, r)
        elif kind == 1:
            data = of_text(data.decode(), r).encode("utf-8", "surrogatepass")
        else:
            data = as_json(of_json(json.loads(data), r)).encode("utf-8", "surrogatepass")
        write(data, source, "faces.json")
        if r.random() < 0.1:
            name = r.choice([n for n in os.listdir(source) if n.endswith((".png", ".jpg"))])
            write(of_picture(read(source, name), r), source, name)
        return [["faces", "import", source, "--set", "n", "--workspace", place, "--device", "cpu"]]

    def masks(self, r, folder):
        place = self.linked(folder, "dimorph.sqlite")
        source = os.path.join(folder, "masks")
        shutil.copytree(os.path.join(self.seeds, "masks"), source)
        name = r.choice(sorted(os.listdir(source)))
        write(of_picture(read(source, name), r), source, name)
        return [["faces", "masks", "import", "a", source, "--workspace", place]]

    def videos(self, r, folder):
        name = r.choice(list(self.clips))
        data = self.clips[name]
        data = of_boxes(data, r) if name.endswith(".mp4") else of_bytes(data, r, self.clips.values())
        file = os.path.join(folder, "v" + os.path.splitext(name)[1])
        write(data, file)
        out = os.path.join(folder, "w2")
        commands = [["info", file], ["verify", file], ["extract", file, "--set", "v", "--workspace", out, "--device", "cpu"]]
        commands.append(["convert", "--target", file, "--output", os.path.join(folder, "o.mp4"), "--workspace", self.linked(folder), "--device", "cpu"])
        return [r.choice(commands)]

    def pictures(self, r, folder):
        name = r.choice(list(self.stills))
        file = os.path.join(folder, "p" + os.path.splitext(name)[1])
        write(of_picture(self.stills[name], r), file)
        out = os.path.join(folder, "w2")
        return [r.choice([["verify", file], ["verify", file], ["info", file], ["extract", file, "--set", "v", "--workspace", out, "--device", "cpu"]])]
