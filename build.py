"""Sets up, builds, tests and shows Voice to Motion; `python3 build.py --help` lists the rest.

Runs on the bare Python of the machine. What is installed, how the zip is made and what happens inside Blender is
written in `backend/packaging/` (standard library only) and `tests/demo/`; this file puts those parts in order.
Exit codes: 0 all well, 1 a test or the demo failed, 2 something on this machine or in the request has to change first.
"""

import os
import shutil
import subprocess
import sys


def use_right_python():
    """Go on under Python 3.11, or say in one sentence how to get it.

    Any Python 3 can read this file up to here.
    """
    if sys.version_info[:2] == (3, 11):
        return
    other = shutil.which("python3.11")
    # Asked, not trusted: a version manager's placeholder may stand on the path and lead nowhere.
    if other and subprocess.call([other, "-c", "import sys; sys.exit(sys.version_info[:2] != (3, 11))"]) == 0:
        os.execv(other, [other, *sys.argv])
    sys.stderr.write(
        "Voice to Motion needs Python 3.11 and this is Python %d.%d: on Debian 12 it is the package python3-venv, "
        "elsewhere run `uv python install 3.11` and `uv run --no-project --python 3.11 build.py` "
        "(https://docs.astral.sh/uv), or take an installer from https://www.python.org/downloads.\n" % sys.version_info[:2]
    )
    sys.exit(2)


use_right_python()

import argparse  # noqa: E402  (the standard library's: nothing else is installed yet)
import signal  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
from collections import deque  # noqa: E402
from concurrent.futures import ThreadPoolExecutor  # noqa: E402
from pathlib import Path  # noqa: E402

from backend.commands.exit_codes import BAD_INPUT, STOPPED, code_of, path_error  # noqa: E402
from backend.errors import UserError  # noqa: E402
from backend.packaging.development_locks import write_development_locks  # noqa: E402
from backend.packaging.environment import LOCKS, Environment, add_packages, ensure_environment  # noqa: E402
from backend.packaging.extension import build_extension, validate_extension  # noqa: E402
from backend.packaging.repository import build_repository  # noqa: E402
from backend.packaging.resolve import Resolver  # noqa: E402
from backend.packaging.runtime_locks import write_runtime_locks  # noqa: E402
from backend.packaging.runtime_pack import build_runtime_pack, default_lock, read_lock  # noqa: E402
from backend.packaging.steps import ProgramRun, Result, RunningProgram, run_program, start_program  # noqa: E402
from backend.packaging.system import ensure_libraries, ensure_virtual_microphone  # noqa: E402

ROOT = Path(__file__).resolve().parent
DEMO_AUDIO = ROOT / "addon" / "examples" / "walk_forward_then_wave.ogg"
MAIN = Environment(
    folder=ROOT / ".venv",
    lock=ROOT / LOCKS / "development.txt",
    probe="import torch, soundfile, av, bpy",
    gigabytes=4,
)
OTHER_BLENDERS = (
    Environment(folder=ROOT / ".venvs" / "bpy-4.2", lock=ROOT / LOCKS / "blender-4.2.txt"),
    Environment(folder=ROOT / ".venvs" / "bpy-5.0", lock=ROOT / LOCKS / "blender-5.0.txt"),
)
LOCKING = Environment(folder=ROOT / ".venvs" / "lock", lock=ROOT / LOCKS / "uv.txt", probe="import uv", gigabytes=0.2)
ADDITIONS = ("voices", "smplx")
GUI_TEST = ROOT / "tests" / "gui" / "run.sh"
WINDOW_SESSIONS = (
    "panel", "takes", "scenes", "timeline", "clips", "tweak", "range", "rig", "batch", "files", "language", "update", "doctor",
    "real",
)  # fmt: skip
LOGS = ROOT / ".cache" / "test-logs"
VERSIONS = ROOT / ".cache" / "versions"
BACKEND = "backend and build"
BACKEND_GROUPS = {  # groups of their own; evaluation and motion share motions of real people, which take a minute to make
    "training": ["tests/backend/training"],
    "evaluation and motion": ["tests/backend/evaluation", "tests/backend/motion"],
}
NO_WINDOW = 77  # exit code of run.sh where this machine cannot have a Blender with a window; it says why


def set_up(*environments: Environment) -> None:
    """Make these environments ready; what is ready already costs nothing."""
    ensure_libraries()
    for environment in environments:
        ensure_environment(environment, ROOT / ".cache" / "setup" / f"{environment.folder.name}.log")


def build_zip() -> Path:
    """Make the extension zip and let Blender's own checker judge it."""
    archive = build_extension(ROOT, ROOT / "dist")
    print(validate_extension(archive, MAIN.python), flush=True)
    print(f"Built {archive.relative_to(ROOT)} ({archive.stat().st_size / 1e6:.1f} MB)", flush=True)
    return archive


def build_pack(name: str) -> None:
    """Make the archive from which Blender sets up the runtime without a network."""
    lock = read_lock(ROOT, name)
    set_up(LOCKING)
    started = time.monotonic()
    print(f"Packing {len(lock.hashes)} wheels of {lock.path.name}", flush=True)
    archive = build_runtime_pack(ROOT, lock, LOCKING.python, ROOT / "dist", ROOT / ".cache" / "wheels")
    seconds = time.monotonic() - started
    print(f"Built {archive.relative_to(ROOT)} ({archive.stat().st_size / 1e6:.1f} MB) in {seconds:.0f} s", flush=True)


def write_locks() -> int:
    """Write the lock files of our own environments and of the runtime anew."""
    set_up(LOCKING)
    links = os.environ.get("PIP_FIND_LINKS")
    resolver = Resolver(LOCKING.python.with_name("uv"), Path(links) if links else None)
    write_development_locks(ROOT, resolver)
    return 0 if write_runtime_locks(ROOT, resolver) else 1


def run_demo(options: argparse.Namespace) -> int:
    """Do the main job once, from a spoken instruction to a rendered scene in `out/`."""
    audio = Path(options.audio).resolve() if options.audio else DEMO_AUDIO
    if not audio.is_file():
        raise UserError("audio", f"There is no audio file {audio}.")
    started = time.monotonic()
    set_up(MAIN)
    ready = time.monotonic()
    archive = build_zip()
    print(f"Set up in {ready - started:.1f} s, extension built in {time.monotonic() - ready:.1f} s", flush=True)
    command = [str(MAIN.python), "tests/demo/scene.py", "--extension", str(archive), "--audio", str(audio)]
    command += ["--out", str(Path(options.out).resolve()), "--seed", str(options.seed)]
    if options.seconds is not None:
        command += ["--seconds", str(options.seconds)]
    code = run_program(command, ROOT, 30, {})
    return code if code in (0, 2) else 1


def log_of(step: str) -> Path:
    """The file that gets what a step of the tests says."""
    return LOGS / f"{step.replace(' ', '-')}.log"


def run_step(step: ProgramRun, variables: dict[str, str]) -> Result:
    """Run one group of the tests to its end."""
    print(f"\n== {step.name}", flush=True)
    started = time.monotonic()
    code = run_program(step.command, ROOT, step.minutes, variables, log_of(step.name))
    return Result(step.name, code, time.monotonic() - started, log_of(step.name))


def run_lanes(first: list[ProgramRun], second: list[ProgramRun], variables: dict[str, str]) -> list[Result]:
    """Run two lists of groups side by side, each in its order. When ``first`` is through, it takes over from the end of ``second``.

    Groups of ``first`` never run beside each other. However it ends, nothing is left running.
    """
    waiting, results, lock = (deque(first), deque(second)), {}, threading.Lock()
    running: list[RunningProgram] = []

    def work(own: deque[ProgramRun]) -> None:
        while True:
            with lock:
                if not own and not waiting[1]:
                    return
                step = own.popleft() if own else waiting[1].pop()
                print(f"\n== {step.name}", flush=True)
                program, started = start_program(step.command, ROOT, step.minutes, variables, log_of(step.name)), time.monotonic()
                running.append(program)
            results[step] = Result(step.name, program.wait(), time.monotonic() - started, log_of(step.name))

    pool = ThreadPoolExecutor(len(waiting))
    try:
        for lane in [pool.submit(work, own) for own in waiting]:
            lane.result()
    finally:
        with lock:
            for own in waiting:
                own.clear()
            for program in running:
                program.end()
        pool.shutdown()
    return [results[step] for step in (*second, *first)]


def run_tests(options: argparse.Namespace) -> int:
    """Run every test, each group in its own process; print what became of each.

    The backend's tests run beside those of the add-on, except with ``--quick``.
    """
    environments = (MAIN,) if options.quick else (MAIN, *OTHER_BLENDERS)
    set_up(*environments)
    if not options.quick:
        add_packages(MAIN, "smplx", ROOT / ".cache" / "setup" / "smplx.log")  # what our own skinning is compared with
    archive = build_zip()
    quiet = "" if options.quick else ensure_virtual_microphone()
    pytest = ["-m", "pytest", "-q", *(["-m", "not slow"] if options.quick else [])]
    add_ons = []
    for environment in environments:
        name = "bpy-4.5" if environment is MAIN else environment.folder.name
        # Short tracebacks: the long ones show arguments, and showing a Blender object that is gone crashes Blender.
        # Forty sequences take two minutes, and differ between Blenders in nothing that other tests do not look at.
        less = [] if environment is MAIN else ["--ignore=tests/addon/clips/test_forty_sequences.py"]
        add_ons.append(ProgramRun(f"add-on on {name}", [str(environment.python), *pytest, "--tb=short", *less, "tests/addon"], 20))
    elsewhere = ["tests/addon", "tests/gui", *(folder for folders in BACKEND_GROUPS.values() for folder in folders)]
    backends = [ProgramRun(BACKEND, [str(MAIN.python), *pytest, *(f"--ignore={folder}" for folder in elsewhere)], 30)]
    backends += [ProgramRun(name, [str(MAIN.python), *pytest, *folders], 30) for name, folders in BACKEND_GROUPS.items()]
    lint, windows = ProgramRun("lint", [str(MAIN.python), "-m", "ruff", "check", "."], 2), []
    left_out = ""
    if options.quick or options.no_gui:
        left_out = "asked for"
    elif not sys.platform.startswith("linux") or os.geteuid() != 0 or not shutil.which("apt-get"):
        left_out = "it needs root on Debian or Ubuntu, to put a Blender with a window in a folder of its own"
    else:
        for name in WINDOW_SESSIONS:
            output = str(ROOT / ".gui" / f"output-{name}")
            command = ["bash", str(GUI_TEST), str(archive), "trixie", output, f"{name}_session"]
            windows.append(ProgramRun(f"{name} in a window", command, 20))

    # One thread: the networks of the tests are tiny, and on a busy machine threads mostly wait for each other.
    variables = {"VOICE_TO_MOTION_ZIP": str(archive), "OMP_NUM_THREADS": "1"}
    if not options.quick:  # for `python -m tests.versions`
        shutil.rmtree(VERSIONS, ignore_errors=True)
        VERSIONS.mkdir(parents=True)
        variables["VOICE_TO_MOTION_RESULTS"] = str(VERSIONS)
    results = [run_step(lint, variables)]
    if options.quick:
        results += [run_step(step, variables) for step in (*backends, *add_ons)]
    else:  # on two cores
        results += run_lanes(add_ons, backends, variables)
    for step in windows:  # each needs the machine for itself
        result = run_step(step, variables)
        if result.code == NO_WINDOW:
            left_out = f"this machine cannot have a Blender with a window; why is said at “{step.name}”"
            break
        results.append(result)
    print("\n== summary")
    print("\n".join(line for result in results for line in result.lines))
    if left_out:
        print(f"{'a real window':<24} left out: {left_out}")
    if quiet:
        print(quiet)
    return 1 if any(result.code != 0 for result in results) else 0


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line (`sys.argv` when None)."""
    parser = argparse.ArgumentParser(prog="build.py", description="Set up, build, test and show Voice to Motion.")
    commands = parser.add_subparsers(dest="command", required=True)
    shows = commands.add_parser("demo", help="speak to a character and render it into out/")
    shows.add_argument("audio", nargs="?", help="a spoken instruction (default: one that ships with the repository)")
    shows.add_argument("--seed", type=int, default=7, help="same seed, same motion (default 7)")
    shows.add_argument("--seconds", type=float, help="length of the motion (default: the model decides)")
    shows.add_argument("--out", default=str(ROOT / "out"), help="folder for the results (default out/)")
    tests = commands.add_parser("test", help="set up what is missing and run every test")
    tests.add_argument("--quick", action="store_true", help="only fast tests, one Blender, no window")
    tests.add_argument("--no-gui", action="store_true", help="leave out the test with a real window")
    commands.add_parser("build", help="make dist/voice_to_motion-VERSION.zip and check it")
    commands.add_parser("repo", help="the same, and dist/repo/: a repository for a web server, to install and update from")
    packs = commands.add_parser("runtime-pack", help="make dist/voice_to_motion-runtime-...zip, to set up without a network")
    packs.add_argument("--lock", default=default_lock(), help="name of a file in addon/runtime/locks (default %(default)s)")
    setups = commands.add_parser("setup", help="make .venv and nothing else")
    setups.add_argument("more", nargs="?", choices=ADDITIONS, help="packages that few need: to make speech; for an SMPL-X body")
    commands.add_parser("lock", help="write all lock files anew, after a change of pyproject.toml")
    return parser.parse_args(arguments)


def main() -> int:
    """Run one command; problems that the user can solve are said in a sentence."""
    options = parse_arguments()
    # Asked to end, it ends what it started: the same way out as after an error.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        if options.command == "demo":
            return run_demo(options)
        if options.command == "test":
            return run_tests(options)
        if options.command == "lock":
            return write_locks()
        if options.command == "runtime-pack":
            build_pack(options.lock)
            return 0
        set_up(MAIN)
        if options.command == "setup" and options.more:
            add_packages(MAIN, options.more, ROOT / ".cache" / "setup" / f"{options.more}.log")
        if options.command in ("build", "repo"):
            archive = build_zip()
        if options.command == "repo":
            listing = build_repository(archive, ROOT / "dist" / "repo", MAIN.python)
            print(f"Wrote {listing.relative_to(ROOT)}: put that folder on a web server and give Blender its address", flush=True)
        return 0
    except UserError as error:
        print(f"{error.message}\n{error.hint}".strip(), file=sys.stderr)
        return BAD_INPUT
    except OSError as error:
        found = path_error(error)
        if found is None:
            raise
        print(found, file=sys.stderr)
        return code_of([found])
    except KeyboardInterrupt:
        print("Stopped. The same command goes on from here.", file=sys.stderr)
        return STOPPED


if __name__ == "__main__":
    sys.exit(main())
