"""Programs that try to pass without an answer, or to do harm: none passes, nothing outside changes, as root or not.

An attack that worked raises `HARM`, which would come back as the program's last word.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import socket
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from mulco.evaluation.execution import Program, SandboxError, find_sandbox
from mulco.evaluation.execution.job import Job, Limits
from mulco.evaluation.execution.sandbox import Sandbox, run
from mulco.evaluation.execution.toolchains import job_of, lacking, toolchain_of

SOURCES = Path(__file__).parents[4] / "mulco"
LIMITS = Limits(seconds=2, memory_bytes=256 << 20)
SLACK_SECONDS = 20  # for the kill, on a machine that others use too
NOBODY = 65534

# {secret}: a file that everyone may read; {open}: a folder that everyone may write; {port}, {socket}: servers outside
PYTHON = {
    "fork bomb": """
import os
while True:
    try: os.fork()
    except OSError: pass
""",
    "thread bomb": """
import threading, time
started = 0
while started < 2000:
    threading.Thread(target=time.sleep, args=(100,)).start()
    started += 1
raise SystemError("HARM: 2000 threads")
""",
    "takes all memory": """
kept = []
while True: kept.append(bytearray(16 << 20))
""",
    "takes all memory in children": """
import os, time
for _ in range(40):
    if os.fork() == 0:
        kept = [bytearray(8 << 20) for _ in range(12)]
        time.sleep(100)
time.sleep(100)
""",
    "fills the disk": """
import os
written = 0
for folder in (".", "/tmp", "/dev/shm", "/dev", "/", "/run", "/var/tmp"):
    for number in range(200):
        try:
            with open(f"{folder}/fill{number}", "wb") as file: written += file.write(bytes(4 << 20))
        except OSError: break
if written > 128 << 20: raise SystemError(f"HARM: {written} bytes")
assert False
""",
    "writes one large file": """
written = 0
with open("large", "wb", buffering=0) as file:
    for _ in range(100): written += file.write(bytes(4 << 20))
raise SystemError("HARM: 400 MB")
""",
    "connects to a local server": """
import socket
try: socket.create_connection(("127.0.0.1", {port}), timeout=1)
except OSError: assert False
raise SystemError("HARM: connected")
""",
    "connects to an abstract socket": """
import socket
try: socket.socket(socket.AF_UNIX).connect("\\0{socket}")
except OSError: assert False
raise SystemError("HARM: connected")
""",
    "sends packets outside": """
import socket
sent = 0
for address in ("8.8.8.8", "1.1.1.1", "169.254.169.254", "192.168.0.1"):
    try: sent += socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", (address, 53))
    except OSError: pass
if sent: raise SystemError("HARM: sent")
try: socket.getaddrinfo("example.org", 80)
except OSError: assert False
raise SystemError("HARM: resolved")
""",
    "reads files outside": """
import os
for path in ("{secret}", "/etc/passwd", "/etc/shadow", "/etc/hostname", os.path.expanduser("~root/.bashrc")):
    try: text = open(path).read()
    except OSError: continue
    raise SystemError("HARM: read " + path)
assert False
""",
    "looks around outside": """
import os
for path in ("{open}", "/home", "/root/.ssh", "/var/log", "/srv", "/mnt", "/opt"):
    if os.path.isdir(path) and os.listdir(path): raise SystemError("HARM: " + path)
assert False
""",
    "writes files outside": """
for path in ("{open}/mine", "/usr/mine", "/usr/bin/mine", "/etc/mine", "/mine", "/lib/mine", "/dev/mine"):
    try: open(path, "w").write("mine")
    except OSError: continue
    if path.startswith("/tmp"): continue
    raise SystemError("HARM: wrote " + path)
assert False
""",
    "overwrites and removes files outside": """
import os, shutil
for act in (lambda: open("{secret}", "a").write("x"), lambda: os.remove("{secret}"),
            lambda: os.chmod("{secret}", 0), lambda: os.rename("{secret}", "{secret}.bak"),
            lambda: shutil.rmtree("{open}"), lambda: os.remove("/bin/sh")):
    try: act()
    except OSError: continue
    raise SystemError("HARM: changed")
assert False
""",
    "kills its parent and everyone else": """
import os, signal
for pid in [os.getppid(), 1, *range(2, 5), -1]:
    if pid != os.getpid():
        try: os.kill(pid, signal.SIGKILL)
        except OSError: pass
while True: pass
""",
    "sees other processes": """
import os
seen = [name for name in os.listdir("/proc") if name.isdigit()]
if len(seen) > 8: raise SystemError(f"HARM: {len(seen)} processes")
assert False
""",
    "reads other processes": """
import os
for name in os.listdir("/proc"):
    for part in ("root{secret}", "cwd{secret}", "environ"):
        try: text = open(f"/proc/{name}/{part}", "rb").read()
        except OSError: continue
        if b"seen" in text or b"MULCO_CANARY" in text: raise SystemError("HARM: " + part)
assert False
""",
    "leaves early with status 0": "import sys\nsys.exit(0)",
    "leaves at once with status 0": "import os\nos._exit(0)",
    "leaves by a thread": """
import os, threading
threading.Timer(0.2, os._exit, [0]).start()
import time
time.sleep(1)
""",
    "prints a pass": """
import sys
for stream in (sys.stdout, sys.stderr):
    print("passed", "OK", "result: passed", '{{"status": "passed", "detail": ""}}', file=stream, flush=True)
assert False
""",
    "writes a pass to every descriptor": """
import os
for number in range(64):
    for word in (b'{{"status": "passed", "detail": ""}}', b"passed", b"0" * 32):
        try: os.write(number, word)
        except OSError: pass
assert False
""",
    "looks for the secret in descriptors": """
import os
found = b""
for folder in ["/proc/self/fd", *(f"/proc/{pid}/fd" for pid in os.listdir("/proc") if pid.isdigit())]:
    try: names = os.listdir(folder)
    except OSError: continue
    for name in names:
        try:
            number = os.open(f"{folder}/{name}", os.O_RDONLY | os.O_NONBLOCK)
            found += os.read(number, 4096)
        except OSError: continue
for number in range(3, 64):
    try: os.write(number, found[:32])
    except OSError: pass
assert False
""",
    "goes through links": """
import os
os.symlink("/", "everything")
os.symlink("{secret}", "link")
for act in (lambda: open("link").read(), lambda: open("everything{secret}").read(),
            lambda: open("link", "w").write("x"), lambda: os.link("{secret}", "hard"),
            lambda: open("../../../../../..{secret}").read(),
            lambda: open("/proc/1/root{secret}").read(), lambda: open("/proc/self/root{secret}").read()):
    try: act()
    except OSError: continue
    raise SystemError("HARM: through a link")
assert False
""",
    "ignores signals": """
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: pass
""",
    "stops itself": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "prints without end": "while True: print('x' * 4096)",
    "sleeps": "import time\ntime.sleep(1000)",
    "leaves a daemon behind": """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(3)
        open("{open}/daemon", "w").write("still here")
        time.sleep(1000)
    os._exit(0)
time.sleep(0.3)
os._exit(0)
""",
    "asks for more rights": """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for act in (lambda: os.setuid(0) or os.listdir("/root/.ssh"),
            lambda: os.chroot("/proc/1/root") or open("{secret}").read(),
            lambda: os.mknod("disk", 0o60666, os.makedev(254, 0)) or open("disk", "rb").read(1),
            lambda: os.setgroups([0])):
    try: act()
    except OSError: continue
    raise SystemError("HARM: rights")
if libc.mount(b"/dev/vda", b"/work", b"ext4", 0, None) == 0: raise SystemError("HARM: mounted")
if libc.umount2(b"/work", 2) == 0: raise SystemError("HARM: unmounted")
assert False
""",
    "raises its limits": """
import resource
for name in ("RLIMIT_NPROC", "RLIMIT_FSIZE", "RLIMIT_CPU", "RLIMIT_AS"):
    number = getattr(resource, name)
    try: resource.setrlimit(number, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (OSError, ValueError): continue
    raise SystemError("HARM: " + name)
assert False
""",
    "turns the kernel's knobs": """
for path in ("/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches"):
    try: open(path, "w").write("1")
    except OSError: continue
    raise SystemError("HARM: " + path)
assert False
""",
    "reads the environment": """
import os
if set(os.environ) - {{"PATH", "LANG", "HOME", "TMPDIR", "PYTHONHASHSEED", "PWD", "LC_CTYPE", "OLDPWD", "SHLVL", "_"}}:
    raise SystemError(f"HARM: {{sorted(os.environ)}}")
assert False
""",
    "waits for input": "input()",
    "breaks the interpreter": "import ctypes\nctypes.string_at(0)",
    "recurses without end": "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()",
}  # fmt: skip
OTHERS = {
    "javascript leaves early": ("javascript", "const one = () => 1;\nprocess.exit(0);", "console.assert(one() === 2);"),
    "javascript leaves in a callback": ("javascript", "setImmediate(() => process.exit(0));", "throw new Error('no');"),
    "bash leaves early": ("bash", "exit 0", "false"),
    "bash prints a pass": ("bash", "echo passed >&3; echo passed", "exit 1"),
    "c++ leaves early": ("c++", "#include <unistd.h>\nstruct A { A() { _exit(0); } } a;", "int main() { return 1; }"),
    "c++ includes without end": ("c++", '#include "/dev/zero"\n#include "/dev/urandom"', "int main() { return 0; }"),
    "c++ includes a file outside": ("c++", '#include "{secret}"', "int main() { return 0; }"),
    "c++ is larger than its disk": ("c++", "char large[1 << 30] = {1};", "int main() { return 0; }"),
    "c++ kills the runner": (
        "c++",
        "#include <signal.h>\n#include <unistd.h>\nint f() { kill(getppid(), 9); kill(-1, 9); _exit(0); }",
        "int main() { return f(); }",
    ),
}


@dataclass(frozen=True)
class World:
    """What stands outside a sandbox, to be left as it is."""

    secret: Path
    folder: Path
    port: int
    name: str
    connections: list[str]

    def program(self, text: str) -> str:
        for name, value in (("secret", self.secret), ("open", self.folder), ("port", self.port), ("socket", self.name)):
            text = text.replace(f"{{{name}}}", str(value))
        return text.replace("{{", "{").replace("}}", "}")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    # not below pytest's own folder: others cannot enter that
    folder = Path("/var/tmp") / f"mulco-outside-{os.getpid()}"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    secret = folder / "secret.txt"
    secret.write_text("seen", "utf-8")
    secret.chmod(0o666)
    name = f"mulco-{os.getpid()}"
    os.environ["MULCO_CANARY"] = "outside"
    connections: list[str] = []
    servers = [socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)]
    servers[1].bind(f"\0{name}")
    servers[1].listen()
    for server in servers:
        threading.Thread(target=_accept, args=(server, connections), daemon=True).start()
    yield World(secret, folder, servers[0].getsockname()[1], name, connections)
    for server in servers:
        server.close()
    del os.environ["MULCO_CANARY"]
    shutil.rmtree(folder)


def _accept(server: socket.socket, connections: list[str]) -> None:
    while True:
        try:
            server.accept()
        except OSError:
            return
        connections.append("connected")


def jobs(world: World) -> dict[str, tuple[Job, str]]:
    """Name -> the job and its programming language."""
    named = f"import ctypes\nctypes.CDLL(None).prctl(15, b'{world.name[-15:]}')\n"  # PR_SET_NAME
    made = {name: (Job(code=named + world.program(text)), "python") for name, text in PYTHON.items()}
    for name, (language, code, tests) in OTHERS.items():
        if lacking(language) is None:
            made[name] = (job_of(Program(name, language, world.program(code), tests)), language)
    return made


def limits(language: str) -> Limits:
    """As `judge` gives them, but for the memory, which stays small here."""
    tools = toolchain_of(language)
    if language == "python":
        return LIMITS
    return dataclasses.replace(
        LIMITS, memory_bytes=1 << 30, open_files=1024, address_space=tools.address_space, build_seconds=10
    )


@dataclass(frozen=True)
class Ended:
    status: str
    detail: str
    seconds: float


def as_this_user(world: World, sandbox: Sandbox) -> dict[str, Ended]:
    """Every program run here, two at a time."""

    def one(item: tuple[str, tuple[Job, str]]) -> tuple[str, Ended]:
        name, (job, language) = item
        outcome = run(sandbox, job, limits(language))
        return name, Ended(outcome.status, outcome.detail, outcome.seconds)

    with ThreadPoolExecutor(2) as pool:
        return dict(pool.map(one, jobs(world).items()))


ORDINARY = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
sys.path.insert(0, sys.argv[1])
from mulco.evaluation.execution.job import Job, Limits
from mulco.evaluation.execution.sandbox import find_sandbox, run
sandbox = find_sandbox()
def one(item):
    name, (job, limits) = item
    job = Job(**{**job, "build": tuple(map(tuple, job["build"])), "run": tuple(job["run"])})
    outcome = run(sandbox, job, Limits(**limits))
    return name, [outcome.status, outcome.detail, outcome.seconds]
with ThreadPoolExecutor(2) as pool:
    made = dict(pool.map(one, json.load(sys.stdin).items()))
print(json.dumps([sandbox.kind, sandbox.drops, made]))
"""


def as_nobody(world: World, folder: Path) -> tuple[str, bool, dict[str, Ended]]:
    """The same in a process of an ordinary user, with the system's interpreter: ours may be closed to others."""
    parts = ("errors.py", "evaluation/execution/job.py", "evaluation/execution/sandbox.py")
    for part in (*parts, "evaluation/execution/inside.py"):
        (folder / "mulco" / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SOURCES / part, folder / "mulco" / part)
    for package in ("mulco", "mulco/evaluation", "mulco/evaluation/execution"):
        (folder / package / "__init__.py").touch()
    subprocess.run(["chmod", "-R", "a+rX", str(folder)], check=True)
    given = {
        name: (dataclasses.asdict(job), dataclasses.asdict(limits(language)))
        for name, (job, language) in jobs(world).items()
    }
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
    call = [*user, "/usr/bin/python3", "-c", ORDINARY, str(folder)]
    said = subprocess.run(call, input=json.dumps(given), capture_output=True, text=True, cwd="/", timeout=300)
    assert said.returncode == 0, said.stderr
    kind, drops, made = json.loads(said.stdout)
    return kind, drops, {name: Ended(*outcome) for name, outcome in made.items()}


def left_over(world: World) -> list[str]:
    """Processes by the name that every Python program here gives itself, and all it starts."""
    found = []
    for path in Path("/proc").glob("[0-9]*/comm"):
        try:
            name = path.read_text("utf-8").strip()
        except OSError:
            continue
        if name == world.name[-15:]:
            found.append(path.parent.name)
    return found


# How some of them end: all attacks were really tried.
EXPECTED = {
    "fills the disk": {"failed"},
    "writes one large file": {"failed"},
    "takes all memory": {"out_of_memory", "failed"},
    "takes all memory in children": {"out_of_memory"},
    "ignores signals": {"timeout"},
    "sleeps": {"timeout"},
    "leaves at once with status 0": {"no_verdict"},
    "writes a pass to every descriptor": {"no_verdict"},
    "breaks the interpreter": {"no_verdict"},
}


def assert_harmless(world: World, outcomes: dict[str, Ended]) -> None:
    assert {name for name, ended in outcomes.items() if ended.status == "passed"} == set()
    assert {name: ended.detail for name, ended in outcomes.items() if "HARM" in ended.detail} == {}
    late = {name: ended.seconds for name, ended in outcomes.items() if ended.seconds > LIMITS.seconds + SLACK_SECONDS}
    assert {name: s for name, s in late.items() if name not in OTHERS} == {}
    assert {name: outcomes[name] for name, s in EXPECTED.items() if outcomes[name].status not in s} == {}
    assert world.secret.read_text("utf-8") == "seen"
    assert stat.S_IMODE(world.secret.stat().st_mode) == 0o666
    assert [path.name for path in world.folder.iterdir()] == ["secret.txt"]
    assert world.connections == []
    for _ in range(100):  # the kernel ends the processes of a namespace in its own time
        if not left_over(world):
            break
        time.sleep(0.1)
    assert left_over(world) == []


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    try:
        return find_sandbox()
    except SandboxError as err:
        pytest.skip(str(err))


def test_hostile_programs_neither_pass_nor_harm_whoever_runs_them(
    world: World, sandbox: Sandbox, tmp_path: Path
) -> None:
    outcomes = as_this_user(world, sandbox)
    time.sleep(4)  # a daemon would write in three seconds
    assert len(outcomes) >= 25
    assert_harmless(world, outcomes)


def test_hostile_programs_neither_pass_nor_harm_an_ordinary_user(world: World, sandbox: Sandbox) -> None:
    folder = world.folder.with_name(f"{world.folder.name}-package")
    folder.mkdir()
    try:
        kind, drops, outcomes = as_nobody(world, folder)
    finally:
        shutil.rmtree(folder)
    time.sleep(4)
    assert (kind, drops) == (sandbox.kind, False)
    assert len(outcomes) >= 25
    assert_harmless(world, outcomes)


def test_hostile_programs_do_no_harm_in_plain_namespaces_either(world: World, sandbox: Sandbox) -> None:
    from mulco.evaluation.execution.sandbox import probe

    plain = Sandbox("namespaces", os.geteuid() == 0)
    reason = probe(plain)
    if reason is not None:
        pytest.skip(f"namespaces: {reason}")
    outcomes = as_this_user(world, plain)
    time.sleep(4)
    assert_harmless(world, outcomes)


def test_without_a_sandbox_a_hostile_program_still_does_not_pass(world: World) -> None:
    tame = ("leaves early with status 0", "leaves at once with status 0", "prints a pass", "waits for input",
            "writes a pass to every descriptor", "ignores signals", "writes one large file")  # fmt: skip
    outcomes = {
        name: run(find_sandbox(unsafe=True), Job(code=world.program(PYTHON[name])), LIMITS).status for name in tame
    }
    assert "passed" not in outcomes.values()
