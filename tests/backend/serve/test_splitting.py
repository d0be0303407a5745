"""Recordings of several instructions are taken apart where there is a pause, and nowhere else; the last tests are spoken."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from backend.audio.reading import SAMPLE_RATE
from backend.audio.voice_activity import Span
from backend.errors import Cancelled, UserError
from backend.packs.pack import WEIGHTS
from backend.serve import splitting
from backend.serve.splitting import LONGEST_PART, PAUSE, parted, split

SAID = ["walk forward", "turn around", "wave with your left hand", "jump twice"]


class Ear:
    """Hears how long something is."""

    def hear(self, wave):
        seconds = len(wave) / SAMPLE_RATE
        return ("" if seconds < 0.9 else f"{seconds:.1f} seconds"), 0.8


@pytest.fixture(scope="module")
def spoken() -> list[np.ndarray]:
    """Each of `SAID` without silence around it, and an “um”."""
    if shutil.which("flite") is None:
        pytest.skip("flite is not installed")
    from backend.data.speech.voices import say_all

    waves = say_all([*SAID, "um"], ["slt"] * (len(SAID) + 1))
    return [wave[np.flatnonzero(np.abs(wave) > 0.01)[0] : np.flatnonzero(np.abs(wave) > 0.01)[-1] + 1] for wave in waves]


def recording(path: Path, parts: list[np.ndarray], pauses: list[float], noise: float = 1e-4) -> tuple[Path, list[float]]:
    """A wav of parts with a pause before each, and the seconds at which each begins."""
    starts, at, waves = [], 0.0, []
    for part, pause in zip(parts, pauses, strict=True):
        waves += [np.zeros(round(pause * SAMPLE_RATE)), part]
        starts.append(at + pause)
        at += pause + len(part) / SAMPLE_RATE
    wave = np.concatenate([*waves, np.zeros(SAMPLE_RATE)])
    wave += np.random.default_rng(0).standard_normal(len(wave)) * noise
    soundfile.write(path, wave, SAMPLE_RATE)
    return path, starts


def untold(phase: str, fraction: float) -> None:
    pass


def test_pauses_part_and_short_ones_do_not():
    near, far = PAUSE - 0.01, PAUSE + 0.01
    spans = [Span(1, 2), Span(2 + near, 4), Span(4 + far, 6), Span(6 + far, 6.5 + far)]
    assert parted(spans) == [Span(1, 4), Span(4 + far, 6), Span(6 + far, 6.5 + far)]
    assert parted([]) == []


def test_nothing_is_longer_than_an_instruction_may_be():
    talk = [Span(i * 2.0, i * 2.0 + 1.9 - 0.3 * (i == 20)) for i in range(45)]  # 90 s, the longest pause after the 21st
    parts = parted(talk)
    assert [part.end for part in parts[:-1]] == [talk[20].end] and parts[1].start == talk[21].start
    drone = parted([Span(0.0, 200.0)])
    assert len(drone) == 4 and all(part.end - part.start <= LONGEST_PART for part in drone) and drone[-1].end == 200.0


def test_times_and_what_is_left_out(tmp_path, spoken):
    path, starts = recording(tmp_path / "a.wav", [spoken[0], spoken[4], spoken[2]], [2.0, 1.5, 1.5])
    told = []
    found = split(Ear(), path, lambda phase, share: told.append((phase, share)))
    assert len(found) == 2, "the um is no instruction"
    for instruction, start, wave in zip(found, (starts[0], starts[2]), (spoken[0], spoken[2]), strict=True):
        assert instruction.start == pytest.approx(start, abs=0.15)
        assert instruction.end == pytest.approx(start + len(wave) / SAMPLE_RATE, abs=0.2)
        assert instruction.heard.endswith("seconds") and instruction.confidence == 0.8
    shares = [share for _, share in told]
    assert shares == sorted(shares) and {phase for phase, _ in told} == {"reading", "hearing"}


def test_hesitating_parts_nothing(tmp_path, spoken):
    walk = spoken[0][: len(spoken[0]) // 2]
    path, _ = recording(tmp_path / "a.wav", [walk, spoken[4], spoken[0][len(walk) :], spoken[1]], [0.5, 0.6, 0.6, 1.5])
    assert len(split(Ear(), path, untold)) == 2


@pytest.mark.parametrize("what", ["silence", "noise", "hum"])
def test_nobody_speaks(tmp_path, what):
    rng = np.random.default_rng(0)
    wave = {"silence": np.zeros(48_000), "noise": rng.standard_normal(48_000) * 0.1, "hum": 0.3 * np.sin(np.arange(48_000) * 0.04)}
    soundfile.write(tmp_path / "a.wav", wave[what], SAMPLE_RATE)
    with pytest.raises(UserError) as caught:
        split(Ear(), tmp_path / "a.wav", untold)
    assert caught.value.code == ("silent_audio" if what == "silence" else "no_speech")


def test_cancel_ends_it(tmp_path, spoken):
    path, _ = recording(tmp_path / "a.wav", spoken[:3], [1.0, 1.5, 1.5])

    def tell(phase: str, fraction: float) -> None:
        if fraction > splitting.READING:
            raise Cancelled

    with pytest.raises(Cancelled):
        split(Ear(), path, tell)


@pytest.mark.slow
@pytest.mark.parametrize("noise", [1e-4, 0.02])
def test_instructions_are_found_and_understood(tmp_path, spoken, noise):
    """The network and the encoder that ship. What it understands is weighed elsewhere; here most of the words will do."""
    if not (WEIGHTS / "open" / "pack.json").is_file():
        pytest.skip("the pack of weights is not there")
    from backend.generation.pipeline import Generator

    path, starts = recording(tmp_path / "a.wav", spoken[:4], [0.7, 1.2, 2.0, 3.0], noise)
    found = split(Generator.load(), path, untold)
    assert [instruction.start for instruction in found] == pytest.approx(starts, abs=0.15)
    words = {word for instruction in found for word in instruction.heard.split()}
    assert len(words & set(" ".join(SAID).split())) >= 6
