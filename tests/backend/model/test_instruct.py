"""Memory attention, masked and residual transformers: shapes, invariances, and that a tiny model learns what it is told."""

from dataclasses import asdict, replace

import pytest
import torch

from backend.audio.word_posteriors import typed_posteriors
from backend.errors import Cancelled
from backend.language.instruction import Instruction
from backend.language.meaning import all_classes
from backend.model.audio_to_motion import InstructConfig, Sampling
from backend.model.inpainting import KeptTokens
from backend.model.instruct import InstructModel
from backend.model.meaning_head import UNKNOWN
from backend.model.memory_attention import MemoryRetrievalAttention, PooledCondition, PositionCodes, sinusoidal_positions
from backend.model.memory_residual import ResidualMemoryAttention
from backend.model.speech_stream import likeliest_words
from backend.model.text_stream import text_batch
from backend.motion.controls import CONTROLS
from backend.packs.files import load_parts, save_module
from backend.training.instruct import PARTS, WORD_TABLES, trains, zero_new_layers

TINY = InstructConfig(
    speech_width=12, words=6, width=32, layers=2, residual_layers=1, heads=4, memories=16, slots=2, codes=16, quantizers=3,
    longest=12, controls=tuple(CONTROLS), **asdict(all_classes()),
)  # fmt: skip
PLAIN = Sampling()


@pytest.mark.parametrize("kind", [ResidualMemoryAttention, MemoryRetrievalAttention, PooledCondition])
def test_condition_has_one_size_whatever_the_length(kind: type) -> None:
    torch.manual_seed(0)
    module = kind(32, slots=3, heads=4).eval()
    for frames in (1, 40, 300):
        out = module(torch.randn(2, frames, 32), torch.zeros(2, frames, dtype=torch.bool))
        assert out.shape == (2, 3, 32)


@pytest.mark.parametrize("kind", [ResidualMemoryAttention, MemoryRetrievalAttention])
def test_padding_does_not_change_the_condition(kind: type) -> None:
    torch.manual_seed(0)
    module = kind(32, heads=4).eval()
    speech = torch.randn(1, 30, 32)
    longer = torch.cat([speech, torch.randn(1, 25, 32)], dim=1)
    padding = torch.arange(55)[None] >= 30
    torch.testing.assert_close(module(longer, padding), module(speech, padding[:, :30]), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("kind", [ResidualMemoryAttention, MemoryRetrievalAttention])
def test_retrieval_stays_within_the_memories(kind: type) -> None:
    """A softmax over memories can return no value outside their range."""
    torch.manual_seed(0)
    module = kind(32, memories=8, heads=4)
    found = module.retrieve(torch.randn(3, 50, 32) * 100)
    assert (found <= module.memory_values.max(0).values + 1e-5).all()
    assert (found >= module.memory_values.min(0).values - 1e-5).all()


def test_order_of_the_words_reaches_the_condition() -> None:
    torch.manual_seed(0)
    module = MemoryRetrievalAttention(32, heads=4).eval()
    speech = torch.randn(1, 30, 32)
    padding = torch.zeros(1, 30, dtype=torch.bool)
    assert (module(speech, padding) - module(speech.flip(1), padding)).abs().max() > 1e-3


def _batch() -> dict[str, torch.Tensor]:
    """Two instructions with constant speech features; each has its own tokens and meaning."""
    generator = torch.Generator().manual_seed(3)
    speech = torch.randn(2, 1, 12, generator=generator).expand(2, 20, 12).contiguous()
    tokens = torch.randint(16, (2, 8, 2, 3), generator=generator)
    keys = ("kick.left*2", "walk.forward@slow>wave.right")
    return {
        "speech": speech, "words": torch.ones(2, 20, 4, dtype=torch.long), "shares": torch.zeros(2, 20, 4),
        "speech_padding": torch.zeros(2, 20, dtype=torch.bool), "tokens": tokens,
        "padding": torch.tensor([[False] * 8, [False] * 6 + [True] * 2]), "silent": torch.zeros(2, dtype=torch.bool),
        "meaning": torch.tensor([all_classes().encode(Instruction.parse(key)) for key in keys]),
        "numbers": torch.zeros(2, len(CONTROLS)), "known": torch.ones(2, len(CONTROLS), dtype=torch.bool),
        "heard": torch.zeros(2, len(CONTROLS), dtype=torch.bool),
    } | text_batch([[1, 2], [3]], [["kick", "left"], ["walk"]])  # fmt: skip


def heard(batch: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The batch as of recordings, whose words are not known."""
    return {name: value for name, value in batch.items() if name != "text"}


def conditioned(model: InstructModel, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    with torch.no_grad():
        return model.full_condition(model.y_of(batch))


def generated(
    model: InstructModel,
    condition: torch.Tensor,
    seed: int = 1,
    sampling: Sampling = PLAIN,
    kept: KeptTokens | None = None,
    **options,
) -> torch.Tensor:
    """Tokens (2, 8, P, Q) of eight and of six, by both generation stages."""
    lengths, generator = torch.tensor([8, 6]), torch.Generator().manual_seed(seed)
    base = model.masked_transformer(condition, lengths, generator, sampling, kept, **options)
    return model.residual_transformer(base, condition, lengths, generator, sampling, kept, **options)


def _trained(steps: int = 1000) -> tuple[InstructModel, dict[str, torch.Tensor]]:
    torch.manual_seed(0)
    model, batch = InstructModel(TINY), _batch()
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3)
    for step in range(steps):
        loss, _ = model.loss(batch, torch.Generator().manual_seed(step))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.eval(), batch


def test_a_tiny_model_learns_two_instructions_by_heart() -> None:
    model, batch = _trained()
    for shown in (batch, heard(batch)):
        meant, sureness = model.meaning.likeliest(model.y_of(shown).flatten(1))
        assert torch.equal(meant, batch["meaning"])
        assert (sureness > -1.0).all()
    condition = conditioned(model, batch)
    lengths = model.draw_length(condition, torch.Generator().manual_seed(0))
    assert (lengths - torch.tensor([8, 6])).abs().max() <= 1
    tokens = generated(model, condition)
    assert tokens.shape == (2, 8, 2, 3)
    valid = ~batch["padding"]
    assert (tokens == batch["tokens"])[valid].float().mean() > 0.95


@pytest.mark.parametrize("only", ["text", "words", "sound", "masked", "residual"])
def test_one_part_learns_and_the_others_stay(only: str) -> None:
    torch.manual_seed(0)
    model, batch = InstructModel(TINY), _batch()
    batch["heard"] = torch.ones_like(batch["heard"])
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(trains(name, only))
    loss, parts = model.loss(batch, torch.Generator().manual_seed(0), only)
    loss.backward()
    learns = {name.split(".")[0] for name, p in model.named_parameters() if p.grad is not None and p.grad.abs().sum() > 0}
    assert learns == set(PARTS[only])
    assert ("residual" in parts) == (only == "residual") and ("distance" in parts) == (only == "sound")


def test_y_is_not_bent_for_the_numbers_that_were_said() -> None:
    """Their likelihood has gradients that would leave nothing of all others."""
    torch.manual_seed(0)
    model, batch = InstructModel(TINY), _batch()
    batch["heard"] = torch.ones_like(batch["heard"])
    _, parts = model.loss(batch, torch.Generator().manual_seed(0), "words")
    parts["numbers"].backward()
    assert {name.split(".")[0] for name, p in model.named_parameters() if p.grad is not None} == {"controls"}


def test_a_motion_without_a_key_is_learned_from_its_caption() -> None:
    """A free caption: no class of the closed key is known of it, and the generator makes its motion all the same."""
    torch.manual_seed(0)
    model, batch = InstructModel(TINY), _batch()
    batch["meaning"] = torch.full_like(batch["meaning"], UNKNOWN)
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3)
    for step in range(800):
        loss, parts = model.loss(batch, torch.Generator().manual_seed(step), "text")
        refining, _ = model.loss(batch, torch.Generator().manual_seed(step), "residual")
        optimizer.zero_grad()
        (loss + refining).backward()
        optimizer.step()
    assert float(parts["meaning"].detach()) == 0.0
    valid = ~batch["padding"]
    assert (generated(model.eval(), conditioned(model, batch)) == batch["tokens"])[valid].float().mean() > 0.9


def test_another_recording_of_the_same_words_is_another_condition() -> None:
    """y comes from the sound: not from a transcript, which would be the same."""
    torch.manual_seed(0)
    model, batch = InstructModel(TINY).eval(), heard(_batch())
    louder = batch | {"speech": batch["speech"] + torch.randn(2, 20, 12, generator=torch.Generator().manual_seed(1))}
    assert (model.y_of(batch) - model.y_of(louder)).abs().amax(dim=(1, 2)).min() > 1e-3


def test_a_number_that_is_asked_for_changes_the_condition_and_an_unspecified_one_does_not() -> None:
    torch.manual_seed(0)
    model = InstructModel(TINY).eval()
    y = torch.randn(1, 2, 32)
    plain, turned, more = (model.full_condition(y, [asked]) for asked in ({}, {"turn": 90.0}, {"turn": 120.0}))
    assert torch.equal(plain, model.full_condition(y)) and torch.equal(plain[:, :2], y)
    assert (plain - turned).abs().max() > 1e-3 and (turned - more).abs().max() > 1e-3
    with pytest.raises(ValueError, match="controls that this version does not know: wings"):
        InstructModel(replace(TINY, controls=("wings",)))


def test_same_seed_same_tokens_other_seed_others() -> None:
    torch.manual_seed(0)
    model, batch = InstructModel(TINY).eval(), _batch()
    condition = conditioned(model, batch)

    def run(seed: int) -> torch.Tensor:
        return generated(model, condition, seed, Sampling(guidance=1.5, keep=1.0))

    assert torch.equal(run(4), run(4))
    assert not torch.equal(run(4), run(5))
    assert int(run(4).max()) < 16, "no [MASK] may be left"


def test_cancelling_inside_the_sampling_loop() -> None:
    torch.manual_seed(0)
    model, batch = InstructModel(TINY).eval(), _batch()
    condition = conditioned(model, batch)
    seen = []

    def report(phase: str, fraction: float) -> None:
        seen.append((phase, fraction))
        if len(seen) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        generated(model, condition, sampling=Sampling(rounds=10), report=report)
    assert seen == [("composing", pytest.approx(0.1)), ("composing", pytest.approx(0.2)), ("composing", pytest.approx(0.3))]


def test_only_actions_that_exist_are_read() -> None:
    """Whatever the head says: the fields it finds are one of the vocabulary's actions, and something is always asked for."""
    torch.manual_seed(0)
    model = InstructModel(TINY).eval()
    known = {tuple(action) for action in all_classes().every_action()}
    numbers, _ = model.meaning.likeliest(torch.randn(20, 2 * 32) * 30)
    for row in numbers.tolist():
        size = len(all_classes().fields)
        places = [tuple(row[i : i + size]) for i in range(0, len(row), size)]
        assert all(place in known for place in places) and any(places[0])


def test_a_typed_row_has_no_sound() -> None:
    torch.manual_seed(0)
    model, batch = InstructModel(TINY).eval(), _batch()
    batch["silent"] = torch.tensor([True, False])
    heard = model.memory_retrieval_attention(batch)
    louder = model.memory_retrieval_attention(batch | {"speech": batch["speech"] + 3 * torch.randn(2, 20, 12)})
    torch.testing.assert_close(heard[0], louder[0])
    assert (heard[1] - louder[1]).abs().max() > 1e-3


@pytest.mark.parametrize("frames", [1, 3, 8, 19])
def test_padding_behind_the_speech_does_not_change_what_is_heard(frames: int) -> None:
    torch.manual_seed(0)
    model, batch = InstructModel(TINY).eval(), _batch()
    short = {k: batch[k][:, :frames] for k in ("speech", "words", "shares", "speech_padding")} | {"silent": batch["silent"]}
    long = {k: batch[k] for k in ("speech", "words", "shares")} | {"silent": batch["silent"]}
    long["speech_padding"] = (torch.arange(20) >= frames)[None].expand(2, 20)
    heard = (model.memory_retrieval_attention(batch) for batch in (short, long))
    torch.testing.assert_close(*heard, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("new", [1, 7])
def test_more_words_change_nothing_for_a_sentence_of_old_ones(new: int, tmp_path) -> None:
    torch.manual_seed(0)
    old = InstructModel(TINY).eval()
    save_module(tmp_path / "old.safetensors", old, TINY.to_dict())
    old.load_state_dict({name: value.half().float() for name, value in old.state_dict().items()})  # as it is stored
    longer = InstructModel(replace(TINY, words=TINY.words + new)).eval()
    assert load_parts(tmp_path / "old.safetensors", longer, WORD_TABLES) == []
    unknown = TINY.words
    conditions = []
    for model, last in ((old, unknown), (longer, unknown + new)):
        classes = model.config.words + 1
        words, shares = likeliest_words(torch.from_numpy(typed_posteriors([2, 5, last, 1], classes))[None])
        padding = torch.zeros(words.shape[:2], dtype=torch.bool)
        batch = {
            "speech": torch.zeros(*words.shape[:2], TINY.speech_width), "words": words, "shares": shares,
            "speech_padding": padding, "silent": torch.tensor([True]),
        }  # fmt: skip
        conditions.append(model.memory_retrieval_attention(batch))
    torch.testing.assert_close(*conditions)


def test_places_say_how_far_the_end_is_and_begin_without_a_say() -> None:
    torch.manual_seed(0)
    places = PositionCodes(32)
    x, padding = torch.randn(2, 9, 32), torch.arange(9)[None] >= torch.tensor([[9], [5]])
    codes = sinusoidal_positions(9, 32)
    assert torch.equal(places(x, padding), x + codes)
    torch.nn.init.normal_(places.to_end.weight)
    added = places(x, padding) - x - codes
    torch.testing.assert_close(added[0, 4:], added[1, :5], atol=1e-5, rtol=1e-5)  # as far from the end
    assert not torch.allclose(added[0, 3], added[0, 4])


def test_added_layers_change_nothing_before_they_are_trained(tmp_path) -> None:
    torch.manual_seed(0)
    old = InstructModel(TINY).eval()
    save_module(tmp_path / "old.safetensors", old, TINY.to_dict())
    deeper = InstructModel(replace(TINY, layers=3, residual_layers=3)).eval()
    load_parts(tmp_path / "old.safetensors", deeper)
    zero_new_layers(deeper, TINY.to_dict())
    tokens, padding = torch.randint(16, (2, 8, 2, 3)), torch.zeros(2, 8, dtype=torch.bool)
    condition = torch.randn(2, 2, 32)
    rest = (condition, padding)
    for ask in (lambda m: m.masked(tokens[..., 0], *rest), lambda m: m.residual(tokens[..., :1], 1, *rest)):
        torch.testing.assert_close(ask(old), ask(deeper), atol=2e-3, rtol=2e-2)  # the old weights went through fp16
