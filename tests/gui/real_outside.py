"""The other side of real_session.py: the trained backend with a virtual microphone, for a Blender in another root folder.

`real_outside.py WORK INSIDE`: the session's folder as seen from here, and as seen from Blender. Blender's root has no torch, so
what the add-on starts in there only passes bytes through two named pipes, and here the real backend has their other ends. The
path INSIDE leads to WORK on both sides, by a link. A file `speak` that appears in WORK is played into the microphone.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from tests.backend.virtual_microphone import VirtualMicrophone, missing  # noqa: E402

BRIDGE = """#!/bin/sh
cat {0}/from &
exec cat >{0}/to
"""


def main() -> None:
    """Until terminated; then everything started here ends too."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    work, inside = Path(sys.argv[1]), Path(sys.argv[2])
    if inside.is_symlink():
        inside.unlink()
    inside.symlink_to(work)
    for name in ("to", "from"):
        os.mkfifo(work / name)
    (work / "python").write_text(BRIDGE.format(inside))
    if missing():
        (work / "no_microphone").write_text(missing())
        (work / "outside.ready").touch()
        backend_for_ever(work, {})
    with VirtualMicrophone() as microphone:
        (work / "outside.ready").touch()
        threading.Thread(target=speak_when_asked, args=(work, microphone), daemon=True).start()
        backend_for_ever(work, microphone.environment)


def backend_for_ever(work: Path, environment: dict[str, str]) -> None:
    """One backend after the other: each opens the pipes, which waits until the add-on does."""
    while True:
        with (work / "to").open("rb") as to, (work / "from").open("wb") as back:
            subprocess.run(
                [str(REPOSITORY / ".venv/bin/python"), "-m", "backend", "serve"],
                cwd=REPOSITORY,
                env=os.environ | environment,
                stdin=to,
                stdout=back,
                check=False,
            )


def speak_when_asked(work: Path, microphone: VirtualMicrophone) -> None:
    """Play the file named in `speak`."""
    import numpy as np
    import soundfile

    while True:
        asked = work / "speak"
        if asked.exists():
            wave, rate = soundfile.read(asked.read_text())
            asked.unlink()
            soundfile.write(work / "spoken.wav", wave, rate, subtype="PCM_16")
            # A sink that wakes up swallows the first tenths of a second: those are silent.
            soundfile.write(work / "played.wav", np.concatenate([np.zeros(rate), wave]), rate, subtype="PCM_16")
            microphone.play(work / "played.wav").wait(60)
        time.sleep(0.05)


if __name__ == "__main__":
    main()
