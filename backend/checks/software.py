"""Checks of what is installed: Python, packages, torch, weights, the protocol's version.

What may crash or hang is asked in a child process (`child`). Standard library only.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys

from backend.checks.check import FAILED, OK, SETUP, WARNING, Check, is_installed
from backend.checks.child import run_in_child

PYTHONS = "Python 3.11, 3.13 or 3.14"  # of the supported Blenders; there are lock files for them
# module -> package; torch and the sound library have their own checks
PACKAGES = {
    "numpy": "numpy", "scipy": "scipy", "einops": "einops", "roma": "roma", "vector_quantize_pytorch": "vector-quantize-pytorch",
    "safetensors": "safetensors", "soundfile": "soundfile", "av": "av", "soxr": "soxr", "msgspec": "msgspec",
    "rapidfuzz": "rapidfuzz", "typer": "typer", "rich": "rich",
}  # fmt: skip

IMPORTS = """
import importlib, json
for module in ("numpy", "scipy", "safetensors", "soundfile", "av", "soxr", "msgspec", "rapidfuzz", "typer", "rich"):
    try:
        importlib.import_module(module)
    except Exception as error:
        raise SystemExit(f"{module}: {error}")
sound, video = (importlib.import_module(module) for module in ("soundfile", "av"))
print(json.dumps({"libsndfile": sound.__libsndfile_version__, "ffmpeg": video.ffmpeg_version_info}))
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
WEIGHTS = """
import json
from backend.packs.pack import WEIGHTS, find_pack, verify_pack
from backend.errors import UserError
found = {}
for name in sorted({"open", *(card.parent.name for card in WEIGHTS.glob("*/pack.json"))}):
    try:
        pack = find_pack(name)
        verify_pack(pack)
        found[name] = {"licence": pack.licence, "problem": ""}
    except UserError as error:
        found[name] = {"licence": "", "problem": str(error)}
print(json.dumps(found))
"""
PROTOCOL = "import json; from backend.serve.messages import VERSION; print(json.dumps({'protocol': VERSION}))"


def check_python() -> Check:
    """Which Python runs this."""
    found = f"{platform.python_version()}, {platform.architecture()[0]}, {sys.executable}"
    if sys.maxsize < 2**32 or sys.version_info < (3, 11):
        return Check("Python", FAILED, found, f"Set the motion backend up again with a 64-bit {PYTHONS}.")
    if sys.version_info[:2] not in ((3, 11), (3, 13), (3, 14)):
        return Check("Python", WARNING, found, f"The backend is made for {PYTHONS}: set it up with one of these.")
    return Check("Python", OK, found)


def check_packages() -> Check:
    """Whether every other package is installed and, where it needs no torch, can be imported."""
    missing = [package for module, package in PACKAGES.items() if not is_installed(module)]
    if missing:
        return Check("Packages", FAILED, f"not installed: {', '.join(missing)}", SETUP)
    found, problem = run_in_child(IMPORTS)
    if found is None:
        return Check("Packages", FAILED, problem, SETUP)
    return Check("Packages", OK, f"{len(PACKAGES)} found, libsndfile {found.get('libsndfile')}, FFmpeg {found.get('ffmpeg')}")


def check_torch() -> list[Check]:
    """Whether torch is installed and computes, and on which device."""
    if not is_installed("torch"):
        return [
            Check("torch", FAILED, "not installed", SETUP),
            Check("Device", FAILED, "unknown without torch", "Install torch first."),
        ]
    found, problem = run_in_child(TORCH)
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


def check_weights() -> Check:
    """Whether the packs of weights are whole and unchanged."""
    found, problem = run_in_child(WEIGHTS)
    if found is None:
        return Check("Weights", FAILED, problem, SETUP)
    broken = [about["problem"] for about in found.values() if about["problem"]]
    if broken:
        return Check("Weights", FAILED, broken[0], "Install the extension again.")
    listed = ", ".join(f"{name} ({about['licence']})" for name, about in found.items())
    return Check("Weights", OK, f"{listed}: SHA-256 right")


def check_protocol(wanted: int | None) -> Check:
    """Whether add-on and backend speak the same version of the protocol."""
    found, problem = run_in_child(PROTOCOL)
    if found is None:
        return Check("Protocol", FAILED, problem, SETUP)
    version = found.get("protocol")
    if wanted is not None and version != wanted:
        fix = "Install add-on and backend of the same version."
        return Check("Protocol", FAILED, f"backend {version}, add-on {wanted}", fix)
    return Check("Protocol", OK, str(version))
