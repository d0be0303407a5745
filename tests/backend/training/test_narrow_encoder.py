"""A narrow encoder learns the wide one's latents while codes and decoder stay what they are."""

from dataclasses import replace

import numpy as np
import torch

from backend.model.tokenizer import MotionTokenizer, TokenizerConfig
from backend.motion.features import to_features
from backend.packs.files import load_parts, save_module
from backend.training.narrow_encoder import distillation_loss
from tests.backend.motion.make import wandering

WIDE = TokenizerConfig(width=48, encoder_width=48, depth=1, code_dim=32, codes=32, layers=2)


def test_codes_stay_and_latents_come_near(tmp_path) -> None:
    torch.manual_seed(0)
    features = torch.from_numpy(np.stack([to_features(wandering(64, seed))[:64] for seed in range(4)]))
    teacher = MotionTokenizer(WIDE).eval().requires_grad_(False)
    save_module(tmp_path / "wide.safetensors", teacher, WIDE.to_dict())
    student = MotionTokenizer(replace(WIDE, encoder_width=24)).eval()
    assert load_parts(tmp_path / "wide.safetensors", student) == ["parts"]  # the encoders are new, the rest is taken over
    before = {k: v.clone() for k, v in student.state_dict().items() if ".encoder." not in k}
    optimizer = torch.optim.AdamW([p for part in student.parts for p in part.encoder.parameters()], 3e-3)
    first, *_ = losses = [float(distillation_loss(student, teacher, features)[1]["latents"].detach())]
    for _ in range(150):
        loss, numbers = distillation_loss(student, teacher, features)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(numbers["latents"].detach()))
    assert losses[-1] < 0.2 * first
    after = student.state_dict()
    assert all(torch.equal(after[k], v) for k, v in before.items())
