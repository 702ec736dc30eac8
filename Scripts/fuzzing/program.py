"""The built program: its command loop, and the memory and time that a command uses."""
import json
import os
import select
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get("DIMORPH_PROGRAM", os.path.join(ROOT, ".build/release/dimorph"))
MEMORY = 8 << 30  # limit of resident memory per command in bytes
SECONDS = 60  # limit of CPU time per command; five times as many of wall time
TOGETHER = 100  # commands per process


def environment(home):
    env = dict(os.environ, DIMORPH_HOME=ROOT, OMP_NUM_THREADS="1", OMP_WAIT_POLICY="PASSIVE", DIMORPH_SIGNING=os.path.join(home, "keys"))
    env.setdefault("SWIFT_BACKTRACE", "enable=no")
    return env


def resident(pid):
    try:
        with open("/proc/%d/statm" % pid) as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


def processor(pid):
    """CPU time of a process in seconds."""
    try:
        with open("/proc/%d/stat" % pid) as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError):
        return 0


class Program:
    """The program's command loop; restarted after a number of commands, or after a crash."""

    def __init__(self, home):
        self.home, self.process, self.count = home, None, 0

    def start(self):
        self.codes, write = os.pipe()
        self.log = open(os.path.join(self.home, "log"), "wb")

        def third():
            os.dup2(write, 3)
            os.set_inheritable(3, True)

        self.process = subprocess.Popen(
            [PROGRAM, "--commands-from-standard-input"], stdin=subprocess.PIPE, stdout=self.log, stderr=self.log,
            env=environment(self.home), cwd=self.home, pass_fds=(3,), preexec_fn=third)
        os.close(write)
        self.count = 0

    def end(self):
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        os.close(self.codes)
        self.log.close()
        self.process = None

    def words(self):
        with open(os.path.join(self.home, "log"), "rb") as file:
            return file.read()[-2000:].decode(errors="replace")

    def run(self, arguments):
        """Returns the exit code, or a description of the failure."""
        if self.process is None or self.count >= TOGETHER:
            self.end()
            self.start()
        self.count += 1
        self.log.truncate(0)
        self.log.seek(0)
        begun, busy = time.monotonic(), processor(self.process.pid)
        try:
            self.process.stdin.write((json.dumps(arguments) + "\n").encode())
            self.process.stdin.flush()
        except OSError:
            pass
        while True:
            ready, _, _ = select.select([self.codes], [], [], 0.2)
            if ready:
                line = os.read(self.codes, 64)
                if line:
                    return int(line.split()[0])
                code = self.process.wait()
                words = self.words()
                self.end()
                return "ended by signal %d\n%s" % (-code, words) if code < 0 else "ended with %d\n%s" % (code, words)
            if resident(self.process.pid) > MEMORY:
                self.end()
                return "took more than %d GB" % (MEMORY >> 30)
            if processor(self.process.pid) - busy > SECONDS or time.monotonic() - begun > 5 * SECONDS:
                self.end()
                return "took longer than %d s" % SECONDS

    def run_alone(self, arguments):
        try:
            done = subprocess.run([PROGRAM] + arguments, env=environment(self.home), cwd=self.home, capture_output=True, timeout=5 * SECONDS)
        except subprocess.TimeoutExpired:
            return "took longer than %d s" % SECONDS
        if done.returncode < 0 or done.returncode >= 128:
            return "alone: ended with %d\n%s" % (done.returncode, done.stderr[-2000:].decode(errors="replace"))
        return done.returncode
