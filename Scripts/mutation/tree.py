"""A copy of the working tree in which mutants are built and tested."""
import fcntl
import filecmp
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))


class Failure(Exception):
    """What ends a run with exit code 1."""


class Copy:
    """A copy of the working tree with a manifest that holds only the test targets wanted and what they depend on."""

    def __init__(self, folder, tests):
        self.tests, self.tree, self.log = tests, os.path.join(folder, "tree"), os.path.join(folder, "last.log")
        os.makedirs(self.tree, exist_ok=True)
        self.lock = open(os.path.join(folder, "lock"), "w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Failure(f"another Scripts/mutate uses {folder}; wait for it or give --scratch another folder.")
        words = subprocess.run(["sh", "-c", '. "$0"; find_swift; command -v swift; echo "$swift_switches"',
                                f"{ROOT}/Scripts/common.sh"], capture_output=True, text=True)
        if words.returncode:
            raise Failure(words.stderr.strip())
        self.swift, switches = words.stdout.splitlines()
        self.switches = shlex.split(switches)
        self.environment = {"OMP_WAIT_POLICY": "PASSIVE", **os.environ, "DIMORPH_HOME": self.tree}
        self.synchronize()

    def synchronize(self):
        """Copies what differs; files that are equal keep their times, so that SwiftPM does not build them again."""
        listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-coz", "--exclude-standard"], capture_output=True, text=True)
        if listed.returncode:
            raise Failure(f"git lists no files: {listed.stderr.strip()}")
        names = {n for n in listed.stdout.split("\0") if os.path.isfile(os.path.join(ROOT, n))} - {"Package.swift"}
        names |= {"Package.resolved"} if os.path.exists(f"{ROOT}/Package.resolved") else set()
        for name in sorted(names):
            source, target = os.path.join(ROOT, name), os.path.join(self.tree, name)
            if not os.path.exists(target) or not filecmp.cmp(source, target, shallow=False):
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copy2(source, target)
        for top in ("Sources", "Tests"):
            for path, _, files in os.walk(os.path.join(self.tree, top)):
                for file in files:
                    if os.path.relpath(os.path.join(path, file), self.tree) not in names:
                        os.remove(os.path.join(path, file))
        for link, target in ((f"{self.tree}/.deps", f"{ROOT}/.deps"), (f"{self.tree}/../shared", f"{ROOT}/../shared")):
            if os.path.exists(target) and not os.path.lexists(link):
                os.symlink(os.path.realpath(target), link)
        self.write("Package.swift", self.manifest())

    def manifest(self):
        text = open(f"{ROOT}/Package.swift", encoding="utf-8").read()
        known = [n for n in sorted(os.listdir(f"{ROOT}/Tests")) if n.endswith("Tests")]
        wanted = [n for n in known if re.search(rf"\b{n}\b", self.tests)]
        if not wanted or "CommandLineTests" in wanted:  # these run the programs
            return text
        return text + f"""
var (queue, needed): ([String], Set<String>) = ({json.dumps(wanted)}, [])
while let name = queue.popLast() {{
    guard needed.insert(name).inserted else {{ continue }}
    for dependency in package.targets.first(where: {{ $0.name == name }})?.dependencies ?? [] {{
        switch dependency {{
        case .byNameItem(let name, _), .targetItem(let name, _): queue.append(name)
        default: break
        }}
    }}
}}
package.targets.removeAll {{ !needed.contains($0.name) }}
package.products = []
"""

    def write(self, name, text):
        path = os.path.join(self.tree, name)
        if not os.path.exists(path) or open(path, encoding="utf-8", newline="").read() != text:
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(text)

    def run(self, *words, limit=None):
        """The exit status (None: out of time), the output and the seconds. Leaves no process behind."""
        begun = time.monotonic()
        with open(self.log, "wb") as log:
            process = subprocess.Popen([self.swift, *words], cwd=self.tree, env=self.environment, stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
            try:
                status = process.wait(limit)
            except subprocess.TimeoutExpired:
                status = None
            finally:
                end_tree(process)
        output = open(self.log, encoding="utf-8", errors="replace").read()
        return status, output, time.monotonic() - begun

    def build(self, limit=None):
        return self.run("build", *self.switches, "--build-tests", limit=limit)

    def test(self, limit=None):
        return self.run("test", *self.switches, "--disable-testable-imports", "--skip-build", "--filter", self.tests, limit=limit)


def end_tree(process):
    """Ends a process with all its descendants: SwiftPM gives the test program a process group of its own."""
    if process.poll() is not None:
        return
    rows = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True).stdout.split()
    tree, pairs = [process.pid], list(zip(map(int, rows[::2]), map(int, rows[1::2])))
    for parent in tree:
        tree += [child for child, of in pairs if of == parent]
    for pid in tree:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()
