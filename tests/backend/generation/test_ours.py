"""What is ours can be switched off, and with all of it off a request is the paper's figure and nothing else."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.audio.encoder import AudioEncoder, EncoderConfig
from backend.audio.words import WordList, WordModel
from backend.generation.ours import EVERYTHING, NAMES, PAPER_ALONE, Ours
from backend.generation.pipeline import Generator
from backend.model.audio_to_motion import Sampling
from backend.model.instruct import InstructModel
from backend.model.tokenizer import MotionTokenizer, TokenizerConfig
from backend.motion.features import from_features
from tests.backend.model.test_instruct import TINY

DEFAULTS = {"guidance": 2.0, "rounds": 4, "temperature": 1.0, "residual_temperature": 0.5, "keep": 0.5}
WAVE = np.random.default_rng(0).standard_normal(16_000).astype(np.float32)


@pytest.fixture(scope="module")
def generator() -> Generator:
    """Untrained networks, small, that go by the sound."""
    torch.manual_seed(0)
    words = ["walk", "wave", "jump"]
    encoder = AudioEncoder(
        EncoderConfig(words=4, phones=6, width=32, blocks=2, heads=2, feed_forward=64, channels=4, phone_block=1),
        WordList.make(words, {word: ["w"] for word in words}), WordModel.estimate([[1], [2], [3]], classes=5),
    )  # fmt: skip
    model = InstructModel(replace(TINY, speech_width=32, words=4))
    tokenizer = MotionTokenizer(TokenizerConfig(width=16, encoder_width=16, depth=1, code_dim=8, codes=16, layers=3))
    tokenizer.parts.apply(lambda module: torch.nn.init.normal_(module.weight, std=0.3) if hasattr(module, "weight") else None)
    return Generator({"defaults": DEFAULTS, "use_sound": True}, encoder, tokenizer, model, torch.device("cpu"), ours=PAPER_ALONE)


def test_with_everything_off_a_request_is_the_paper_s_figure(generator: Generator) -> None:
    motion = generator.generate(WAVE, seed=3, seconds=1.0).motions[0]
    sampling, length = Sampling(**DEFAULTS), torch.tensor([8])
    random = torch.Generator().manual_seed(3)
    condition = torch.zeros(1, 2 + generator.model.controls.slots, 32)
    generator.model.draw_length(condition, random)  # ours; with the length given it is drawn and not used
    features = generator.model(WAVE, generator.encoder, generator.tokenizer, length, random, sampling)
    assert features.shape == (1, 32, 140)
    paper = from_features(features[0].numpy()).slice(0, len(motion))
    assert len(motion) == 30
    assert motion.rotations.tobytes() == paper.rotations.tobytes() and motion.pelvis.tobytes() == paper.pelvis.tobytes()


def test_it_is_not_the_figure_with_ours(generator: Generator, monkeypatch) -> None:
    paper = generator.generate(WAVE, seed=3, seconds=1.0).motions[0]
    monkeypatch.setattr(generator, "ours", EVERYTHING)
    assert not np.array_equal(generator.generate(WAVE, seed=3, seconds=1.0).motions[0].rotations, paper.rotations)


def test_switches_are_named() -> None:
    assert Ours.without() == EVERYTHING and all(getattr(EVERYTHING, name) for name in NAMES)
    assert Ours.without("counting") == replace(EVERYTHING, counting=False)
    with pytest.raises(ValueError, match="no such switch: magic; there are clauses, "):
        Ours.without("counting", "magic")


@pytest.fixture(scope="module")
def shipped() -> Generator:
    return Generator.load(device="cpu")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("clauses", "walk forward, then wave"), ("durations", "walk forward for five seconds"), ("meaning", "kick forward"),
        ("body_parts", "walk forward while waving"), ("smoothing", "walk forward"), ("quiet_ends", "walk forward"),
        ("planting", "walk forward"),
    ],
)  # fmt: skip
def test_every_switch_changes_the_motion_and_not_what_is_heard(shipped: Generator, name: str, text: str, monkeypatch) -> None:
    whole = shipped.generate(text, seed=1)
    monkeypatch.setattr(shipped, "ours", Ours.without(name))
    less = shipped.generate(text, seed=1)
    assert less.heard == whole.heard
    one, other = whole.motions[0], less.motions[0]
    assert len(one) != len(other) or not np.array_equal(one.rotations, other.rotations)


@pytest.mark.parametrize("names", [("rejection_sampling",), ("counting", "envelope")])
def test_without_rejection_sampling_or_anything_to_judge_by_one_motion_is_drawn(shipped: Generator, names, monkeypatch) -> None:
    rows = []
    kind = type(shipped.model)
    plain = kind.masked_transformer

    def watched(self, condition, *rest) -> torch.Tensor:
        rows.append(len(condition))
        return plain(self, condition, *rest)

    monkeypatch.setattr(kind, "masked_transformer", watched)
    shipped.generate("jump three times", seed=1)
    assert rows[0] > 1
    rows.clear()
    monkeypatch.setattr(shipped, "ours", Ours.without(*names))
    shipped.generate("jump three times", seed=1)
    assert rows == [1]
