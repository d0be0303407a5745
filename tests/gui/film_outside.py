"""The other side of film_session.py: the trained backend, as for real_session.py, and ffmpeg, which films the screen.

The session writes the name of its display to `display`; from then on there is a film, `film.mkv` beside its pictures.
"""

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

from real_outside import main


def film(work: Path) -> None:
    """Five pictures a second, until the display is gone."""
    while not (work / "display").exists():
        time.sleep(0.1)
    display = (work / "display").read_text().strip()
    command = ["ffmpeg", "-loglevel", "error", "-nostdin", "-f", "x11grab", "-framerate", "5", "-video_size", "1280x800"]
    command += ["-i", display, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "23", str(work / "shots" / "film.mkv")]
    with (work / "ffmpeg.txt").open("w") as log:
        process = subprocess.Popen(command, stderr=log)
    while not (work / "display.done").exists() and process.poll() is None:
        time.sleep(0.1)
    process.terminate()
    process.wait(20)
    (work / "film.done").touch()


if shutil.which("ffmpeg"):
    threading.Thread(target=film, args=(Path(sys.argv[1]),), daemon=True).start()
main()
