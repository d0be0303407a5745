"""A microphone and a loudspeaker for machines that have neither: a private PulseAudio server with a sink that plays into nothing.

What is played into the sink is what the default microphone hears. Nothing of the machine's own sound settings is touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

NEEDS = ("pulseaudio", "pactl", "paplay", "parec")
SINK = "speaker"


def missing() -> str:
    """What keeps this machine from having one; empty when nothing does."""
    programs = [name for name in NEEDS if shutil.which(name) is None]
    if programs:
        return f"{', '.join(programs)} not installed (Debian: pulseaudio, pulseaudio-utils, libasound2-plugins)"
    plugin = list(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so"))
    return "" if plugin else "ALSA has no PulseAudio plugin (Debian: libasound2-plugins)"


class VirtualMicrophone:
    """A running server, as a context; ``environment`` is what programs need to be given to find it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="vtm-mic-"))
        self._folder.chmod(0o700)
        settings = self._folder / "asound.conf"
        settings.write_text("pcm.!default { type pulse }\nctl.!default { type pulse }\n")
        system = Path("/usr/share/alsa/alsa.conf")
        settings.write_text(f"<{system}>\n{settings.read_text()}")
        self.environment = {
            "XDG_RUNTIME_DIR": str(self._folder),
            "PULSE_RUNTIME_PATH": str(self._folder / "pulse"),
            "PULSE_SERVER": f"unix:{self._folder}/native",
            "HOME": str(self._folder),
            "ALSA_CONFIG_PATH": str(settings),
        }

    def __enter__(self) -> VirtualMicrophone:
        modules = [
            "-L", f"module-native-protocol-unix socket={self._folder}/native auth-anonymous=1",
            "-L", f"module-null-sink sink_name={SINK} rate=48000 channels=1 format=s16le",
        ]  # fmt: skip
        self._server = subprocess.Popen(
            ["pulseaudio", "--daemonize=no", "--exit-idle-time=-1", "-n", *modules],
            env=os.environ | self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(100):
            if self.pactl("info") == 0:
                break
            time.sleep(0.1)
        assert self.pactl("set-default-sink", SINK) == 0, "the PulseAudio server did not start"
        assert self.pactl("set-default-source", f"{SINK}.monitor") == 0
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()
        shutil.rmtree(self._folder, ignore_errors=True)

    def pactl(self, *arguments: str) -> int:
        """Tell the server something; returns the exit code."""
        done = subprocess.run(
            ["pactl", *arguments], env=os.environ | self.environment, capture_output=True, check=False, timeout=20
        )
        return done.returncode

    def play(self, path: Path) -> subprocess.Popen:
        """Speak a sound file into the microphone, with a reserve against stuttering on a busy machine."""
        return subprocess.Popen(["paplay", "--latency-msec=2000", str(path)], env=os.environ | self.environment)

    def listen(self, path: Path) -> subprocess.Popen:
        """Write what comes out of the loudspeaker into a wav file, until terminated."""
        command = ["parec", "--file-format=wav", "--rate=48000", "--channels=1", "--format=s16le", str(path)]
        return subprocess.Popen([*command[:1], "-d", f"{SINK}.monitor", *command[1:]], env=os.environ | self.environment)

    def unplug(self) -> None:
        """The whole sound system goes away, as when a device is pulled out."""
        self._server.kill()
        self._server.wait()
