"""Recorded noises: some are kept for measuring, and added ones are as loud as they should be."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch

from backend.audio.features import SAMPLE_RATE, log_mel
from backend.data.speech.augment import HELD_OUT_FOLD, MelAugmentConfig, augment_mel, load_noises, noise_mels

PLAIN = MelAugmentConfig(
    warp=(1, 1), bend=0, speed=(1, 1), wobble=0, channel=0, noise_chance=0, recorded_chance=1.0, room_chance=0, frequency_masks=0,
    time_masks=0,
)  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for number, name in enumerate(("1-rain.wav", f"{HELD_OUT_FOLD}rain.wav", "1-silence.wav")):
        wave = rng.standard_normal(SAMPLE_RATE) * (0.1 if number < 2 else 0.0)
        soundfile.write(tmp_path / name, wave, SAMPLE_RATE)
    return tmp_path


def test_held_out_noises_are_not_trained_on(folder) -> None:
    training, kept = load_noises(folder), load_noises(folder, held_out=True)
    assert len(training) == len(kept) == 1
    assert not np.array_equal(training[0], kept[0])
    assert load_noises(folder / "nothing") == () and noise_mels(()) is None


def test_a_recorded_noise_is_as_loud_as_asked(folder) -> None:
    tone = np.sin(np.arange(2 * SAMPLE_RATE) * 0.2).astype(np.float32) * 0.3
    mel = torch.from_numpy(log_mel(tone))[None]
    lengths = torch.tensor([mel.shape[1]])
    noises = noise_mels(load_noises(folder))

    def added(decibels: float) -> float:
        """Mean power that came to it, against the tone's, in dB."""
        config = replace(PLAIN, recorded_ratio=(decibels, decibels))
        noisy, _ = augment_mel(mel, lengths, config, torch.Generator().manual_seed(1), noises)
        return float(10 * torch.log10(mel.exp().mean() / (noisy.exp() - mel.exp()).mean()))

    assert added(10.0) == pytest.approx(10.0, abs=0.5)
    assert added(0.0) == pytest.approx(0.0, abs=0.5)
    never, _ = augment_mel(mel, lengths, replace(PLAIN, recorded_chance=0.0), torch.Generator().manual_seed(1), noises)
    assert torch.allclose(never, mel, atol=0.05)


def test_a_room_leaves_a_tail_that_decays_as_fast_as_asked():
    quiet = replace(PLAIN, recorded_chance=0.0, room_chance=1.0, room_seconds=(0.4, 0.4), room_ratio=(0.0, 0.0))
    mel = torch.full((1, 120, 80), -40.0)
    mel[:, 30] = 4.0
    rung, _ = augment_mel(mel, torch.tensor([120]), quiet)
    assert torch.allclose(rung[:, 30], mel[:, 30], atol=1e-3) and rung[:, :30].max() < -39  # nothing rings before the sound
    tail = rung[0, 31:, 0].exp()  # its first 0.8 s
    assert float(tail.sum()) == pytest.approx(float(np.exp(4.0)), rel=0.05)  # 0 dB: as much as the direct sound
    assert float(rung[0, 31, 0] - rung[0, 51, 0]) == pytest.approx(20 * 0.01 / 0.4 * 6 * np.log(10), rel=0.02)
    assert rung[0, 45, 79] < rung[0, 45, 0]


def test_phones_of_words_that_are_in_no_list_come_from_the_corpus():
    from backend.audio.words import WordList

    words = WordList.make(["walk"], {"walk": ["w", "ao", "k"]})
    w, ao, k = words.encode_phones("walk")
    assert words.encode_phones("walk tall", {"tall": ["t", "ao", "l"]}) == [w, ao, k, ao]
