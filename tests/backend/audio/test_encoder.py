"""The encoder's shapes, its indifference to padding, loudness and colour, its size, saving and loading."""

from dataclasses import asdict

import numpy as np
import pytest
import torch

from backend.audio.encoder import (
    AudioEncoder,
    EncoderConfig,
    EncoderOutput,
    load_encoder,
    normalise_mel,
    save_encoder,
    subsampled_length,
)
from backend.audio.features import log_mel
from backend.audio.words import WordList, WordModel
from backend.errors import UserError

SMALL = EncoderConfig(words=4, phones=6, width=32, blocks=2, heads=2, feed_forward=64, channels=4, phone_block=1)


@pytest.fixture
def encoder() -> AudioEncoder:
    torch.manual_seed(0)
    words = WordList.make(["walk", "wave", "jump"], {"walk": ["w", "ao", "k"], "wave": ["w", "ey", "v"]})
    return AudioEncoder(SMALL, words, WordModel.estimate([[1], [2], [3]], classes=5)).eval()


def noise(seconds: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(int(seconds * 16_000)).astype(np.float32)


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 5, 97, 100])
def test_a_quarter_of_the_frames(encoder, frames):
    out = encoder(torch.randn(2, frames, 80), torch.tensor([frames, 1]))
    expected = -(-frames // 4)
    assert out.features.shape == (2, expected, 32) and out.word_logits.shape == (2, expected, 5)
    assert out.phone_logits.shape == (2, expected, 7)
    assert out.lengths.tolist() == [subsampled_length(frames), 1] == [expected, 1]


def test_what_lies_behind_the_end_changes_nothing(encoder):
    mel = torch.randn(1, 61, 80)
    alone = encoder(mel, torch.tensor([61]))
    padded = torch.cat([torch.cat([mel, 7 * torch.randn(1, 60, 80)], 1), torch.randn(1, 121, 80)])
    together = encoder(padded, torch.tensor([61, 121]))
    length = int(alone.lengths)
    assert torch.allclose(alone.features[0], together.features[0, :length], atol=1e-4)


def test_loudness_and_microphone_are_taken_away():
    mel = torch.from_numpy(log_mel(noise(1.0)))[None]
    colour = torch.linspace(-3, 3, 80)
    lengths = torch.tensor([mel.shape[1]])
    assert torch.allclose(normalise_mel(mel, lengths), normalise_mel(mel + colour + 5, lengths), atol=1e-2)


def test_default_size_is_as_promised():
    parameters = sum(p.numel() for p in AudioEncoder(EncoderConfig()).parameters())
    assert 2 * parameters < 8e6  # bytes in float16, beside 0.4 MB of language model


def test_the_order_of_the_words_is_kept_in_the_file(encoder, tmp_path):
    words = encoder.words.extended(["amble"], {})
    longer = AudioEncoder(EncoderConfig(**asdict(SMALL) | {"words": 5}), words, WordModel.estimate([[1]], classes=6))
    save_encoder(tmp_path, longer)
    assert load_encoder(tmp_path).words == words


def test_saved_and_loaded_it_hears_the_same(encoder, tmp_path):
    save_encoder(tmp_path, encoder, {"training": {"steps": 3}})
    again = load_encoder(tmp_path)
    assert again.words.words == encoder.words.words and again.words.pronounced == encoder.words.pronounced
    mel = torch.from_numpy(log_mel(noise(0.8)))[None]
    lengths = torch.tensor([mel.shape[1]])
    with torch.inference_mode():
        assert torch.allclose(encoder(mel, lengths).features, again(mel, lengths).features, atol=3e-2)  # float16 on the way
    assert encoder.hear(noise(0.8)) == again.hear(noise(0.8))


def test_loading_says_what_is_wrong(encoder, tmp_path):
    with pytest.raises(UserError, match="no audio encoder"):
        load_encoder(tmp_path)
    save_encoder(tmp_path, encoder)
    (tmp_path / "encoder.safetensors").write_bytes(b"not tensors")
    with pytest.raises(UserError, match="damaged"):
        load_encoder(tmp_path)


def test_phones_decide_between_what_the_beam_kept(encoder):
    words = torch.full((1, 8, 5), -6.0)
    words[..., 0] = 0.0
    words[0, 3, encoder.words.encode("walk")[0]] = words[0, 3, encoder.words.encode("wave")[0]] = 0.0
    for said in ("walk", "wave"):
        phones = torch.full((1, 8, 7), -6.0)
        for frame, phone in enumerate(encoder.words.encode_phones(said), start=2):
            phones[0, frame, phone] = 6.0
        out = EncoderOutput(torch.zeros(1, 8, 32), torch.tensor([8]), words, phones)
        assert encoder.words_of(out) == [said]


def test_without_words_it_says_so():
    encoder = AudioEncoder(SMALL).eval()
    with pytest.raises(RuntimeError, match="word list"):
        encoder.hear(noise(0.3))
