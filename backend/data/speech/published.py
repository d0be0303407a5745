"""The SHA-256 that is published for Whisper's and Kokoro's files, compared before use.

`downloads` takes both from packages by third parties, whose hashes say nothing about the authors. What could be compared:

- Whisper base: SYSTRAN's conversion for CTranslate2, repository Systran/faster-whisper-base, revision ebe41f7, `model.bin`. OpenAI
  publishes the hash of its own `base.pt` (ed3a0b6b..., in the address of the download), another format: not comparable.
- Kokoro-82M: the release model-files-v1.0 of thewh1teagle/kokoro-onnx, `kokoro-v1.0.int8.onnx`. The release states no hash; this is
  the one that projects pin which load that release. hexgrad publishes the hash of `kokoro-v1_0.pth` (496dba11...), another format.
- The speakers' styles need no comparison: they are in hexgrad's own package.
"""

from __future__ import annotations

from pathlib import Path

from backend.errors import UserError
from backend.packs.pack import sha256_of

SHA256 = {
    "whisper/model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "kokoro/model.onnx": "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
}


def check_published(folder: Path, file: str) -> Path:
    """The path of a model in its folder, such as .cache/voices/whisper. UserError if it differs."""
    path = folder / file
    if sha256_of(path) != SHA256[f"{folder.name}/{file}"]:
        hint = "Delete its folder and run: python -m backend data voices"
        raise UserError("not_published", f"{path} is not the file that its authors published.", hint)
    return path
