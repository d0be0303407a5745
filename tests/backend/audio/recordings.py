"""Makes recordings in the forms that phones, browsers, recorders and editors write, by FFmpeg's encoders in PyAV's wheel."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from scipy.signal import stft

SECONDS = 2.0
BIT_RATES = {"wmav1": 96_000, "wmav2": 96_000, "libopencore_amrnb": 12_200, "g723_1": 6_300}  # these have no default
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


def voice(rate: int, seconds: float = SECONDS) -> np.ndarray:
    """(N,) float32, something like a vowel: harmonics below 1 kHz that rise and fall, within -0.4..0.4."""
    time = np.arange(round(rate * seconds)) / rate
    wave = np.zeros(len(time))
    for number in range(1, 6):
        swell = 0.55 + 0.45 * np.sin(2 * np.pi * (1.3 + number / 3) * time + number)
        wave += np.sin(2 * np.pi * 150 * number * time + number) / number * swell
    edges = np.clip(np.minimum(time, seconds - time) / 0.02, 0, 1)
    return (0.4 * wave / np.abs(wave).max() * edges).astype(np.float32)


def write(
    path: Path, codec: str, rate: int = 48_000, channels: int = 1, form: str | None = None, video: str = "", **options: str
) -> Path:
    """Write `voice` with an encoder.

    Args:
        path: of the file; its ending chooses the container unless ``form`` does.
        codec: FFmpeg's name of the audio encoder.
        video: encoder of moving pictures beside the sound; empty for none.
        options: of the container.
    """
    wave = np.repeat(voice(rate)[None], channels, axis=0)
    with av.open(str(path), "w", format=form, options=options) as container:
        pictures = container.add_stream(video, rate=10) if video else None
        sound = container.add_stream(codec, rate=rate, layout=LAYOUTS[channels], options={"strict": "experimental"})
        if codec in BIT_RATES:
            sound.bit_rate = BIT_RATES[codec]
        if pictures is not None:
            pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
            for number in range(round(10 * SECONDS)):
                picture = np.full((48, 64, 3), 12 * number, np.uint8)
                container.mux(pictures.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            container.mux(pictures.encode())
        for first in range(0, wave.shape[1], 4096):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(wave[:, first : first + 4096]), "fltp", LAYOUTS[channels])
            frame.sample_rate, frame.pts = rate, first
            container.mux(sound.encode(frame))
        container.mux(sound.encode())
    return path


def likeness(found: np.ndarray, rate: int = 16_000, latest: float = 0.1) -> float:
    """Correlation of a wave with `voice`, 1 where they are the same, at the delay of up to ``latest`` seconds that fits best."""
    wanted = voice(rate).astype(np.float64)
    size = 2 * max(len(found), len(wanted))
    match = np.fft.irfft(np.fft.rfft(found, size) * np.conj(np.fft.rfft(wanted, size)), size)
    most = round(latest * rate)
    lag = int(np.argmax(np.concatenate([match[-most:], match[: most + 1]]))) - most
    one, other = found[max(0, lag) :], wanted[max(0, -lag) :]
    shared = min(len(one), len(other))
    one, other = one[:shared], other[:shared]
    return float(one @ other / np.sqrt((one @ one) * (other @ other)))


def sounds_like(found: np.ndarray, rate: int = 16_000) -> float:
    """Correlation of the spectrograms up to 3.4 kHz: what a codec for telephones keeps, whatever becomes of the wave."""
    one, other = (np.abs(stft(wave, rate, nperseg=512)[2][: round(3400 / rate * 512)]) for wave in (found, voice(rate)))
    shared = min(one.shape[1], other.shape[1])
    return float(np.corrcoef(one[:, :shared].ravel(), other[:, :shared].ravel())[0, 1])
