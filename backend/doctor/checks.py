"""The checks of `python -m backend doctor`: what this machine and this installation lack, and one sentence on how to fix it.

Only the standard library is imported here, so that it can speak where everything else is missing; whatever may crash, hang or be
broken (torch, the sound libraries) is asked in a child process by `backend.doctor.probing`. Printing is `backend.commands.doctor`'s
matter.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from backend.doctor.probing import ask, free_memory

OK, WARNING, FAILED = "ok", "warning", "failed"
MEGABYTE = 1_000_000
# of memory and disk: below the first it is a warning, below the second it will not do; generating takes about 0.6 GB
MEMORY = (2000 * MEGABYTE, 900 * MEGABYTE)
DISK = (1000 * MEGABYTE, 50 * MEGABYTE)
SETUP = "Press Repair in the add-on's preferences, or run: python3 build.py setup"
PYTHONS = "Python 3.11, 3.13 or 3.14"  # those of the Blenders that are supported; the set-up has locked packages for them
# module -> package; torch and the sound library have checks of their own
PACKAGES = {
    "numpy": "numpy", "scipy": "scipy", "einops": "einops", "roma": "roma", "vector_quantize_pytorch": "vector-quantize-pytorch",
    "safetensors": "safetensors", "soundfile": "soundfile", "soxr": "soxr", "msgspec": "msgspec", "rapidfuzz": "rapidfuzz",
    "typer": "typer", "rich": "rich",
}  # fmt: skip

IMPORTS = """
import importlib, json
for module in ("numpy", "scipy", "safetensors", "soundfile", "soxr", "msgspec", "rapidfuzz", "typer", "rich"):
    try:
        importlib.import_module(module)
    except Exception as error:
        raise SystemExit(f"{module}: {error}")
print(json.dumps({"libsndfile": importlib.import_module("soundfile").__libsndfile_version__}))
"""
TORCH = """
import json, torch
two = torch.ones(4, 4) @ torch.ones(4, 4)
assert float(two.sum()) == 64.0, "torch computes wrongly here"
found = {"version": torch.__version__, "device": "cpu", "name": "", "cuda": torch.version.cuda or ""}
if torch.cuda.is_available():
    found |= {"device": "cuda", "name": torch.cuda.get_device_name(0)}
    assert float((torch.ones(4, 4, device="cuda") @ torch.ones(4, 4, device="cuda")).sum()) == 64.0, "CUDA computes wrongly here"
elif torch.backends.mps.is_available():
    found |= {"name": "Apple GPU"}
print(json.dumps(found))
"""
SOUND = """
import json, sounddevice
microphones = [d["name"] for d in sounddevice.query_devices() if d["max_input_channels"] > 0]
print(json.dumps({"version": sounddevice.get_portaudio_version()[1].split(",")[0], "microphones": microphones}))
"""
WEIGHTS = """
import json
from backend.packs.pack import WEIGHTS, find_pack, verify
from backend.errors import UserError
found = {}
for name in sorted({"open", *(card.parent.name for card in WEIGHTS.glob("*/pack.json"))}):
    try:
        pack = find_pack(name)
        verify(pack)
        found[name] = {"licence": pack.licence, "problem": ""}
    except UserError as error:
        found[name] = {"licence": "", "problem": str(error)}
print(json.dumps(found))
"""
PROTOCOL = "import json; from backend.serve.messages import VERSION; print(json.dumps({'protocol': VERSION}))"


@dataclass(frozen=True)
class Check:
    """One line of the table: what was looked at, how it is, and what to do where it is not ok."""

    name: str
    status: str
    detail: str
    fix: str = ""


def examine(folders: tuple[Path, ...] = (), protocol: int | None = None) -> list[Check]:
    """All checks, in the order in which one should read them.

    Args:
        folders: where motions will be written; each must take files and have room.
        protocol: version that the add-on speaks, when it is the add-on that asks.
    """
    checks = [python(), packages()]
    checks += torch()
    checks += [memory(), weights(), spoken_protocol(protocol)]
    checks += sound()
    for folder in folders or (Path(tempfile.gettempdir()),):
        checks += [writable(folder), disk(folder)]
    return checks


def healthy(checks: list[Check]) -> bool:
    """Whether nothing failed; warnings are no failures."""
    return all(check.status != FAILED for check in checks)


def as_dict(checks: list[Check], version: str) -> dict:
    """For JSON: version, system, ok, and the checks."""
    return {
        "version": version,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "ok": healthy(checks),
        "checks": [asdict(check) for check in checks],
    }


# --- the checks


def python() -> Check:
    """Which Python runs this."""
    found = f"{platform.python_version()}, {platform.architecture()[0]}, {sys.executable}"
    if sys.maxsize < 2**32 or sys.version_info < (3, 11):
        return Check("Python", FAILED, found, f"Set the motion backend up again with a 64-bit {PYTHONS}.")
    if sys.version_info[:2] not in ((3, 11), (3, 13), (3, 14)):
        return Check("Python", WARNING, found, f"The backend is made for {PYTHONS}: set it up with one of these.")
    return Check("Python", OK, found)


def packages() -> Check:
    """Whether every package that is not checked by itself can be found and, if it needs no torch, imported."""
    missing = [package for module, package in PACKAGES.items() if not present(module)]
    if missing:
        return Check("Packages", FAILED, f"not installed: {', '.join(missing)}", SETUP)
    found, problem = ask(IMPORTS)
    if found is None:
        return Check("Packages", FAILED, problem, SETUP)
    return Check("Packages", OK, f"{len(PACKAGES)} found, libsndfile {found.get('libsndfile')}")


def present(module: str) -> bool:
    """Whether a module could be imported, as far as its place says."""
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):  # ValueError: half loaded
        return False


def torch() -> list[Check]:
    """Whether torch is there, computes, and on what."""
    if not present("torch"):
        return [
            Check("torch", FAILED, "not installed", SETUP),
            Check("Device", FAILED, "unknown without torch", "Install torch first."),
        ]
    found, problem = ask(TORCH)
    if found is None:
        fix = "This processor may be too old for this torch." if "illegal instruction" in problem else ""
        return [
            Check("torch", FAILED, problem, f"{fix} {SETUP}".strip()),
            Check("Device", FAILED, "unknown while torch does not work", "Repair torch first."),
        ]
    checks = [Check("torch", OK, str(found.get("version")))]
    name = str(found.get("name") or platform.machine())
    if found.get("device") == "cuda":
        checks.append(Check("Device", OK, f"CUDA {found.get('cuda')}, {name}"))
    elif shutil.which("nvidia-smi") and not found.get("cuda"):
        fix = "Set the backend up again and choose CUDA to use the NVIDIA card; the CPU works too."
        checks.append(Check("Device", WARNING, "processor, although there is an NVIDIA card", fix))
    elif shutil.which("nvidia-smi"):
        fix = "Update the NVIDIA driver to use the card; the CPU works too."
        checks.append(Check("Device", WARNING, f"processor: the NVIDIA card does not answer CUDA {found.get('cuda')}", fix))
    else:
        checks.append(Check("Device", OK, f"processor, {os.cpu_count()} cores ({name})"))
    return checks


def memory() -> Check:
    """Whether there is room for the networks."""
    free = free_memory()
    if free is None:
        return Check("Memory", OK, "not known on this system")
    fix = "Close other programs, or the backend may be ended by the system."
    return Check("Memory", level(free, MEMORY), f"{free / 1e9:.1f} GB free", fix if free < MEMORY[0] else "")


def weights() -> Check:
    """Whether the packs of weights are what they were when they were made."""
    found, problem = ask(WEIGHTS)
    if found is None:
        return Check("Weights", FAILED, problem, SETUP)
    broken = [about["problem"] for about in found.values() if about["problem"]]
    if broken:
        return Check("Weights", FAILED, broken[0], "Install the extension again.")
    listed = ", ".join(f"{name} ({about['licence']})" for name, about in found.items())
    return Check("Weights", OK, f"{listed}: SHA-256 right")


def spoken_protocol(wanted: int | None) -> Check:
    """Whether add-on and backend speak the same version."""
    found, problem = ask(PROTOCOL)
    if found is None:
        return Check("Protocol", FAILED, problem, SETUP)
    version = found.get("protocol")
    if wanted is not None and version != wanted:
        fix = "Install add-on and backend of the same version."
        return Check("Protocol", FAILED, f"backend {version}, add-on {wanted}", fix)
    return Check("Protocol", OK, str(version))


def sound() -> list[Check]:
    """Whether the microphone library works, and which microphones there are. Files can be used without either: warnings."""
    names = ("Microphone library", "Microphones")
    files = "Recordings can still be loaded from files."
    if not present("sounddevice"):
        return [Check(names[0], WARNING, "sounddevice is not installed", f"{SETUP}. {files}"),
                Check(names[1], WARNING, "unknown without the library", files)]  # fmt: skip
    found, problem = ask(SOUND)
    if found is None:
        linux = sys.platform.startswith("linux") and "PortAudio library not found" in problem
        fix = "Install the system's PortAudio (Debian, Ubuntu: libportaudio2)." if linux else SETUP
        return [Check(names[0], WARNING, problem, f"{fix} {files}"), Check(names[1], WARNING, "unknown without the library", files)]
    library = Check(names[0], OK, str(found.get("version")))
    microphones = [str(name) for name in found.get("microphones") or ()]
    if not microphones:
        fix = f"Plug one in, and allow Blender to use it in the system's privacy settings. {files}"
        return [library, Check(names[1], WARNING, "none", fix)]
    return [library, Check(names[1], OK, ", ".join(microphones[:8]))]


def writable(folder: Path) -> Check:
    """Whether files can be written to a folder, which is made when missing."""
    name = "Write access"
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as stream:
            stream.write(b"x" * 1000)
            stream.flush()
        if made:
            folder.rmdir()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        return Check(name, FAILED, f"{folder}: {why}", "Choose another folder, or allow writing to this one.")
    return Check(name, OK, str(folder))


def disk(folder: Path) -> Check:
    """Whether a folder's disk has room."""
    place = next((path for path in (folder, *folder.parents) if path.exists()), Path.cwd())
    try:
        free = shutil.disk_usage(place).free
    except OSError as error:
        return Check("Disk", WARNING, f"{folder}: {error.strerror}", "Check that the disk is there.")
    fix = "Free some space, or choose a folder on another disk."
    return Check("Disk", level(free, DISK), f"{free / 1e9:.1f} GB free in {folder}", fix if free < DISK[0] else "")


def level(value: float, limits: tuple[float, float]) -> str:
    """Ok from the first limit on, failed below the second."""
    return OK if value >= limits[0] else WARNING if value >= limits[1] else FAILED
