"""The shared loop: it learns, it resumes exactly, it stops at a signal and keeps its curves."""

import csv
import os
import signal

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from backend.training.training_loop import CHECKPOINT, LoopConfig, averaged, fit, learning_rate

TARGET = torch.tensor([[1.0, -2.0, 0.5]])


def draw(step: int, rng: np.random.Generator) -> torch.Tensor:
    return torch.from_numpy(rng.standard_normal((16, 3)).astype(np.float32))


def loss_of(model: nn.Module, batch: torch.Tensor):
    loss = (model(batch) - batch @ TARGET.T).square().mean()
    return loss, {"seen": batch.abs().mean()}


def tiny() -> nn.Module:
    torch.manual_seed(0)
    return nn.Linear(3, 1)


def config(**changes) -> LoopConfig:
    base = {"steps": 60, "learning_rate": 0.1, "warmup": 5, "bf16": False, "device": "cpu", "log_every": 10}
    return LoopConfig(**(base | changes))


def test_learns_and_logs(tmp_path):
    model = tiny()
    outcome = fit(model, draw, loss_of, config(steps=300), tmp_path)
    assert outcome.finished and outcome.step == 300
    assert torch.allclose(model.weight, TARGET, atol=0.05)
    rows = list(csv.DictReader((tmp_path / "curves.csv").open()))
    assert [int(r["step"]) for r in rows] == list(range(10, 301, 10))
    assert float(rows[-1]["loss"]) < 0.01 * float(rows[0]["loss"])


@pytest.mark.parametrize("ema", [0.0, 0.9])
def test_interrupted_run_equals_straight_run(tmp_path, ema):
    straight, resumed = tiny(), tiny()
    fit(straight, draw, loss_of, config(ema=ema), tmp_path / "a")

    def stopping(step, rng):
        if step == 33:
            os.kill(os.getpid(), signal.SIGTERM)
        return draw(step, rng)

    first = fit(resumed, stopping, loss_of, config(ema=ema), tmp_path / "b")
    assert not first.finished and first.step == 34
    second = fit(tiny(), draw, loss_of, config(ema=ema), tmp_path / "b")
    assert second.finished and second.step == 60
    again = tiny()
    fit(again, draw, loss_of, config(ema=ema), tmp_path / "b")
    straight_rows = list(csv.DictReader((tmp_path / "a" / "curves.csv").open()))
    resumed_rows = list(csv.DictReader((tmp_path / "b" / "curves.csv").open()))
    assert float(resumed_rows[-1]["loss"]) == pytest.approx(float(straight_rows[-1]["loss"]), rel=1e-4)
    # the stopped run kept 30 and lost the half-filled window of 40
    assert [r["step"] for r in resumed_rows] == [r["step"] for r in straight_rows]


def test_schedule_warms_up_and_ends_low():
    rates = [learning_rate(config(), step, step / 60) for step in range(61)]
    assert rates[0] < rates[4] and max(rates) <= 0.1 and rates[-1] == pytest.approx(1e-6)


def test_minutes_end_a_run(tmp_path):
    outcome = fit(tiny(), draw, loss_of, config(steps=10_000_000, minutes=0.005), tmp_path)
    assert outcome.finished and 0 < outcome.step < 10_000_000


def test_validation_sees_eval_mode_and_average(tmp_path):
    modes = []
    fit(
        tiny(),
        draw,
        loss_of,
        config(ema=0.5, validate_every=20),
        tmp_path,
        validate=lambda model, step: modes.append(model.training) or {"step_seen": step},
    )
    assert modes == [False] * 4
    rows = list(csv.DictReader((tmp_path / "validation.csv").open()))
    assert [r["step_seen"] for r in rows] == ["20", "40", "60", "60"]


def test_broken_loss_is_said(tmp_path):
    with pytest.raises(FloatingPointError, match="not finite"):
        fit(tiny(), draw, lambda m, b: (m(b).mean() * float("nan"), {}), config(), tmp_path)
    assert not (tmp_path / CHECKPOINT).exists()


def test_shares_of_the_learning_rate_and_what_is_not_trained(tmp_path):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3), nn.Linear(3, 1))
    model[0].requires_grad_(False)
    before = [layer.weight.detach().clone() for layer in model]
    fit(model, draw, loss_of, config(steps=3, learning_rate=1e-2), tmp_path, rate_of=lambda name: 0.01 if name[0] == "1" else 1.0)
    moved = [float((layer.weight.detach() - old).abs().max()) for layer, old in zip(model, before, strict=True)]
    assert moved[0] == 0.0 and 0 < moved[1] < 0.1 * moved[2]


def test_a_run_with_shares_resumes_exactly(tmp_path):
    def run(folder, *stops: int) -> torch.Tensor:
        for steps in stops:
            torch.manual_seed(0)
            model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 1))
            fit(model, draw, loss_of, config(steps=steps, learning_rate=1e-3, final_learning_rate=1e-3), folder,
                rate_of=lambda name: 0.1 if name[0] == "0" else 1.0)  # fmt: skip
        return model[0].weight

    assert torch.equal(run(tmp_path / "one", 20), run(tmp_path / "two", 8, 20))


def test_the_average_is_the_exponential_one_with_a_warm_up(tmp_path):
    """Decay min(ema, (1 + n) / (10 + n)) after step n, over the weights of every step, beginning with those before the first."""
    model, seen = tiny(), []
    expected = {name: value.clone() for name, value in model.state_dict().items()}

    def drawing(step: int, rng: np.random.Generator) -> torch.Tensor:
        seen.append({name: value.clone() for name, value in model.state_dict().items()})
        return draw(step, rng)

    fit(model, drawing, loss_of, config(steps=20, ema=0.6), tmp_path)
    last = load_file(tmp_path / CHECKPOINT)
    weights = [*seen[1:], {name: last[f"model.{name}"] for name in expected}]
    for step, after in enumerate(weights, start=1):
        decay = min(0.6, (1 + step) / (10 + step))
        expected = {name: decay * value + (1 - decay) * after[name] for name, value in expected.items()}
    assert len(weights) == 20
    for name, value in model.state_dict().items():
        assert torch.allclose(value, expected[name], atol=1e-6) and not torch.equal(value, last[f"model.{name}"])


def test_counts_and_flags_are_copied_not_averaged():
    model = nn.BatchNorm1d(2)
    average = averaged(model)
    model.num_batches_tracked += 7
    average.multi_avg_fn = get_ema_multi_avg_fn(0.9)
    average.update_parameters(model)
    assert int(average.module.num_batches_tracked) == 7
