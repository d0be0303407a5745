"""A telephone's m4a and a video through the real backend give what the original recording gives."""

import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from backend.errors import UserError
from backend.packs.pack import WEIGHTS
from backend.serve.sources import Spoken
from tests.backend.client import REAL, REPOSITORY, Client

EXAMPLE = REPOSITORY / "addon" / "examples" / "walk_forward_then_wave.ogg"


def converted(path: Path, codec: str, video: str = "") -> str:
    """The example in another form."""
    samples, rate = soundfile.read(EXAMPLE, dtype="float32")
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        pictures = container.add_stream(video, rate=10, width=64, height=48, pix_fmt="yuv420p") if video else None
        sound = container.add_stream(codec, rate=rate, layout="mono")
        for _ in range(30 if pictures else 0):
            container.mux(pictures.encode(av.VideoFrame(64, 48, "yuv420p")))
        if pictures:
            container.mux(pictures.encode())
        frame = av.AudioFrame.from_ndarray(samples[None], "fltp", "mono")
        frame.sample_rate = rate
        container.mux(sound.encode(frame))
        container.mux(sound.encode())
    return str(path)


@pytest.mark.slow
@pytest.mark.skipif(not (WEIGHTS / "open" / "pack.json").exists(), reason="the pack of weights is not there yet")
def test_m4a_mp4_and_what_is_neither(tmp_path):
    whole = Path(converted(tmp_path / "whole.m4a", "aac")).read_bytes()
    (tmp_path / "cut.m4a").write_bytes(whole[: round(0.8 * len(whole))])
    with Client(REAL) as client:
        client.wait("ready")

        def made(audio: str) -> dict:
            return client.end_of(client.send(request="generate", audio=audio, out=str(tmp_path / "out"), seed=1, seconds=2.0))

        wanted = made(str(EXAMPLE))
        for audio in (str(tmp_path / "whole.m4a"), converted(tmp_path / "video.mp4", "aac", "libx264")):
            result = made(audio)
            assert (result["event"], result["heard"], result["note"]) == ("result", wanted["heard"], "")
        assert "cut.m4a breaks off after 2." in made(str(tmp_path / "cut.m4a"))["note"]
        found = client.wait("instructions", client.send(request="split", audio=str(tmp_path / "video.mp4")))
        assert [one["heard"] for one in found["instructions"]] == [wanted["heard"]]
        (tmp_path / "photo.m4a").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
        assert made(str(tmp_path / "photo.m4a"))["message"] == "photo.m4a is a picture, not a recording."


def test_an_instruction_somewhere_in_ten_minutes(tmp_path):
    one, rate = soundfile.read(EXAMPLE)
    noise = np.random.default_rng(0).standard_normal(600 * rate) * 1e-3
    soundfile.write(tmp_path / "noise.flac", noise, rate)
    with pytest.raises(UserError, match=r"Nobody speaks in noise\.flac"):
        Spoken(tmp_path / "noise.flac").read()
    for at in (30, 570):
        noise[at * rate : at * rate + len(one)] += one
    soundfile.write(tmp_path / "two.flac", noise, rate)
    found = Spoken(tmp_path / "two.flac").read()
    assert 2 * 2.0 < len(found) / 16_000 < 2 * 4.0
    soundfile.write(tmp_path / "talk.flac", np.tile(one, round(300 / (len(one) / rate))), rate)
    with pytest.raises(UserError, match=r"talk.flac has .* of speech; an instruction may have at most 60 s"):
        Spoken(tmp_path / "talk.flac").read()


def test_ffmpeg_is_loaded_when_a_file_needs_it(tmp_path):
    code = """
import sys
from backend.serve.sources import Spoken
from backend.audio.reading import read_instruction
read_instruction(sys.argv[1])
assert "av" not in sys.modules, "loading it takes a moment and memory"
read_instruction(sys.argv[2])
assert "av" in sys.modules
"""
    command = [sys.executable, "-c", code, str(EXAMPLE), converted(tmp_path / "a.m4a", "aac")]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
