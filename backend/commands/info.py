"""`python -m backend info`: the device, the versions and the packs of weights.

Reads what is installed; loads no weights.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import platform
from pathlib import Path

from backend.errors import UserError
from backend.packs.pack import WEIGHTS, find_pack, list_packs
from backend.version import version

PACKAGES = (
    "torch",
    "torchaudio",
    "numpy",
    "soundfile",
    "av",
    "soxr",
    "msgspec",
    "safetensors",
    "vector-quantize-pytorch",
    "roma",
)


def gather_facts() -> dict:
    """Device, versions and packs as plain values."""
    return {
        "version": version(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": processor_name(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "device": device_name(),
        "packages": {name: installed_version(name) for name in PACKAGES},
        "weights": str(WEIGHTS),
        "packs": [
            {
                "name": pack.name,
                "licence": pack.licence,
                "megabytes": round(sum(pack.path(file).stat().st_size for file in pack.files) / 1e6, 1),
                "vocabulary": list(pack.vocabulary),
            }
            for pack in list_packs()
        ],
    }


def device_name() -> str:
    """What ``--device auto`` would take, with the graphics card's name."""
    if importlib.util.find_spec("torch") is None:
        return "none (torch is not installed)"
    import torch

    return f"cuda ({torch.cuda.get_device_name(0)})" if torch.cuda.is_available() else "cpu"


def installed_version(package: str) -> str | None:
    """Version of a package, None when it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def processor_name() -> str:
    """The processor's own name."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def info(*, as_json: bool = False) -> None:
    """Print the facts as tables or as JSON."""
    facts = gather_facts()
    if as_json:
        print(json.dumps(facts, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(show_header=False, box=None)
    for name in ("version", "python", "system", "processor", "cores", "device"):
        table.add_row(name, str(facts[name]))
    for name, number in facts["packages"].items():
        table.add_row(name, number or "not installed")
    console.print(table)
    for pack in facts["packs"]:
        words = pack["vocabulary"]
        console.print(f"\n[bold]{pack['name']}[/]: {pack['licence']}, {pack['megabytes']} MB, {len(words)} words", soft_wrap=True)
        console.print(" ".join(words), style="dim", highlight=False)
    if not facts["packs"]:
        try:
            find_pack()
        except UserError as error:
            console.print(f"\n[bold]no weights[/]: {error}", highlight=False)
