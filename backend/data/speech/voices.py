"""Speech synthesis: text and identity in, wave out.

Engines are flite, festival, espeak-ng, RHVoice, Pico and Kokoro; for tests alone MBROLA and Piper.

Engines are subprocesses on argument lists (no shell); Kokoro and Piper run in this process (`kokoro`, `piper`). Festival starts
slowly, so one process speaks many sentences. Praat's "Change gender" (praat-parselmouth) shifts formants and pitch. `speakers`
lists the identities; `augment` adds rooms and noise.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
import soxr

from backend.data.speech import kokoro, piper
from backend.data.speech.speakers import Voice, by_name
from backend.errors import UserError

SAMPLE_RATE = 16_000
_SPEAKABLE = re.compile(r"[A-Za-z][A-Za-z' ,.?!-]*")
_PROGRAMS = {
    "flite": "flite", "festival": "festival", "espeak": "espeak-ng", "rhvoice": "RHVoice-test", "pico": "pico2wave",
    "mbrola": "mbrola",
}  # fmt: skip
_PACKAGES = (
    "Install flite, festival, festvox-us-slt-hts, festvox-kdlpc16k and espeak-ng, and from contrib and non-free rhvoice, "
    "rhvoice-english and libttspico-utils (Debian package names)."
)
_MBROLA = (
    "Install espeak-ng, and from contrib and non-free mbrola, mbrola-us1, mbrola-us2, mbrola-us3 and mbrola-en1 "
    "(Debian package names)."
)
_TIMEOUT = 120.0  # seconds for one sentence, on a busy machine


def say(text: str, voice: Voice | str, rng: np.random.Generator | None = None) -> np.ndarray:
    """Speak one sentence: (N,) float32 mono at 16 kHz, peak at most 1. See `say_all`."""
    return say_all([text], [voice], rng)[0]


def say_all(texts: Sequence[str], voices: Sequence[Voice | str], rng: np.random.Generator | None = None) -> list[np.ndarray]:
    """Speak sentences, each with its voice.

    Args:
        texts: letters, apostrophes and ``, . ? ! -`` only (ValueError otherwise).
        voices: identities or their names (KeyError for an unknown name).
        rng: varies an identity from sentence to sentence (rate, pitch, a little vocal tract), as people do. None repeats
            a sentence exactly, up to the excitation noise of some engines.
    Returns:
        one (N,) float32 wave at 16 kHz per text. UserError when an engine is not installed or says nothing.
    """
    chosen = [by_name()[voice] if isinstance(voice, str) else voice for voice in voices]
    if rng is not None:
        chosen = [_varied(voice, rng) for voice in chosen]
    for text in texts:
        if not _SPEAKABLE.fullmatch(text):
            raise ValueError(f"not a sentence that can be spoken: {text!r}")
    with tempfile.TemporaryDirectory(prefix="voices-") as folder:
        files = [Path(folder) / f"{index}.wav" for index in range(len(texts))]
        slow = [(t, v, f) for t, v, f in zip(texts, chosen, files, strict=True) if v.engine == "festival"]
        if slow:
            _festival(slow, Path(folder) / "all.scm")
        for text, voice, file in zip(texts, chosen, files, strict=True):
            if voice.engine == "kokoro":
                soundfile.write(file, kokoro.speak(text, voice.speaker, voice.rate, _run), kokoro.RATE)
            elif voice.engine == "piper":
                soundfile.write(file, piper.speak(text, voice.speaker, voice.rate, _run), piper.RATE)
            elif voice.engine != "festival":
                _run(_arguments(text, voice, file), said=text)
        return [_shifted(_read(file, voice), voice) for file, voice in zip(files, chosen, strict=True)]


def available() -> dict[str, bool]:
    """Engine -> whether its program is installed. Kokoro's and Piper's files are `downloads`'."""
    return {engine: shutil.which(program) is not None for engine, program in _PROGRAMS.items()}


def phones_of(words: Sequence[str]) -> dict[str, list[str]]:
    """Word -> phones by flite's lexicon (CMU's), without pauses, e.g. walk -> w ao k."""
    found = {}
    for word in words:
        printed = _run(["flite", "-voice", "kal", "-ps", "-t", word, "-o", "none"]).split()
        found[word] = [phone for phone in printed if phone != "pau"]
    return found


def _varied(voice: Voice, rng: np.random.Generator) -> Voice:
    scale = np.exp(rng.normal(0, 1, 4) * (0.12, 0.06, 0.015, 0.15))
    return replace(
        voice,
        rate=float(np.clip(voice.rate * scale[0], 0.7, 1.45)),
        pitch=voice.pitch * float(scale[1]),
        formants=voice.formants * float(scale[2]) if voice.engine != "espeak" else voice.formants,
        pitch_range=voice.pitch_range * float(scale[3]),
    )


def _arguments(text: str, voice: Voice, file: Path) -> list[str]:
    if voice.engine == "flite":
        stretch = f"duration_stretch={1 / voice.rate:.3f}"
        return ["flite", "-voice", voice.speaker, "--setf", stretch, "-t", text, "-o", str(file)]
    if voice.engine == "espeak":
        pitch = str(int(np.clip(50 * voice.pitch_range, 20, 80)))
        return [
            "espeak-ng",
            "-v",
            voice.speaker,
            "-s",
            str(round(160 * voice.rate)),
            "-p",
            pitch,
            "-w",
            str(file),
            text,
        ]
    if voice.engine == "mbrola":  # espeak-ng finds the phones, mbrola speaks them
        if shutil.which("mbrola") is None:
            raise UserError("no_speech_engine", f"The speech engine {voice.engine} is not installed.", _MBROLA)
        return ["espeak-ng", "-v", voice.speaker, "-s", str(round(160 * voice.rate)), "-w", str(file), text]
    if voice.engine == "rhvoice":
        return ["RHVoice-test", "-p", voice.speaker, "-r", str(round(100 * voice.rate)), "-o", str(file)]
    if voice.engine == "pico":
        # Pico changes its rate by markup only; sentences contain none (`_SPEAKABLE`)
        slowed = f'<speed level="{round(100 * voice.rate)}">{text}</speed>'
        return ["pico2wave", "-l", voice.speaker, "-w", str(file), slowed]
    raise ValueError(f"unknown speech engine {voice.engine!r}")


def _festival(requests: list[tuple[str, Voice, Path]], script: Path) -> None:
    """Speak all requests in one process; HTS voices take a rate, diphone voices a stretch."""
    lines = []
    for text, voice, file in requests:
        lines.append(f"(voice_{voice.speaker})")
        if voice.speaker.endswith("_hts"):
            lines.append(f'(set! hts_engine_params (append hts_engine_params (list (list "-r" {voice.rate:.3f}))))')
        else:
            lines.append(f"(Parameter.set 'Duration_Stretch {1 / voice.rate:.3f})")
        lines.append(f'(set! u (Utterance Text "{text}"))\n(utt.synth u)\n(utt.save.wave u "{file}" \'riff)')
    script.write_text("\n".join(lines))
    _run(["festival", "-b", str(script)], timeout=_TIMEOUT * len(requests))


def _run(arguments: list[str], timeout: float = _TIMEOUT, said: str = "") -> str:
    """Run a program and return its output; ``said`` is its input (RHVoice's text)."""
    try:
        done = subprocess.run(arguments, input=said, capture_output=True, timeout=timeout, check=True, text=True)
    except FileNotFoundError:
        raise UserError(
            "no_speech_engine",
            f"The speech engine {arguments[0]} is not installed.",
            _PACKAGES,
        ) from None
    except subprocess.SubprocessError as error:
        raise UserError("speech_failed", f"{arguments[0]} could not speak: {error}") from error
    return done.stdout


def _read(file: Path, voice: Voice) -> np.ndarray:
    if not file.exists():
        raise UserError("speech_failed", f"{voice.engine} said nothing with the voice {voice.speaker}; is it installed?")
    wave, rate = soundfile.read(file, dtype="float32", always_2d=True)
    wave = wave.mean(axis=1)
    return wave if rate == SAMPLE_RATE else soxr.resample(wave, rate, SAMPLE_RATE).astype(np.float32)


def _shifted(wave: np.ndarray, voice: Voice) -> np.ndarray:
    """The wave with the voice's formants, pitch and pitch range, by Praat.

    It is unchanged where nothing is voiced.
    """
    if voice.engine != "espeak" and (voice.pitch or voice.formants != 1.0 or voice.pitch_range != 1.0):
        import parselmouth
        from parselmouth.praat import call

        floor, ceiling = (60, 300) if voice.speaker in {"kal16", "rms"} else (75, 500)
        sound = parselmouth.Sound(wave.astype(np.float64), SAMPLE_RATE)
        try:
            changed = call(sound, "Change gender", floor, ceiling, voice.formants, voice.pitch, voice.pitch_range, 1.0)
        except parselmouth.PraatError:  # a word too short for its pitch analysis
            changed = sound
        wave = changed.values[0].astype(np.float32)
        if changed.sampling_frequency != SAMPLE_RATE:
            wave = soxr.resample(wave, changed.sampling_frequency, SAMPLE_RATE).astype(np.float32)
    peak = float(np.abs(wave).max(initial=0.0))
    return (wave / peak if peak > 1.0 else wave).astype(np.float32)
