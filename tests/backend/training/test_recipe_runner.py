"""Running a recipe: stages in order, resumed after a kill at their last checkpoint; and the whole of `open` in tiny."""

import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from safetensors import safe_open

from backend.audio.encoder import load_encoder
from backend.errors import UserError
from backend.generation.pipeline import Generator
from backend.motion.features import to_features
from backend.packs.pack import find_pack, verify_pack
from backend.training.recipe import RECIPES
from backend.training.recipe_runner import STATE, Finished, Workshop, run_stages
from backend.training.training_loop import CHECKPOINT
from tests.backend.motion.make import wandering
from tests.backend.training.test_recipe import TOKENIZER, written

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared" / "data"
NARROW = """
[narrow]
call = "training.narrow_encoder.train"
after = ["tokenizer"]
cores = 1
minutes = 1
[narrow.options]
data = "{data}"
wide = "{runs}/tokenizer"
run = "{runs}/narrow"
config.encoder_width = 8
config.batch = 4
config.loop = { steps = 2, learning_rate = 1e-3, warmup = 2, weight_decay = 0.0, ema = 0.9, validate_every = 1000 }
"""
RUN = """
import sys
from pathlib import Path
from rich.console import Console
from backend.training.recipe import read_recipe
from backend.training.recipe_runner import Workshop, run_stages
if __name__ == "__main__":
    folder = Path(sys.argv[1])
    run_stages(Workshop(read_recipe("mine", folder=folder), folder / "run", folder, False), Console())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A recipe of two stages and the motion that they learn from."""
    data = tmp_path / "run" / "data"
    data.mkdir(parents=True)
    clips = [to_features(wandering(80, seed)) for seed in range(4)]
    np.save(data / "corpus.npy", np.concatenate(clips).astype(np.float32))
    rows = [{"name": f"c{i}", "tier": "open", "dataset": "x", "split": "val" if i == 3 else "train", "start": 80 * i, "frames": 80}
            for i in range(4)]  # fmt: skip
    (data / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    written(tmp_path, TOKENIZER + NARROW)
    return tmp_path


def workshop(folder: Path, text: str = TOKENIZER + NARROW) -> Workshop:
    return Workshop(written(folder, text), folder / "run", folder, False)


def state(folder: Path) -> dict[str, dict]:
    return json.loads((folder / "run" / STATE).read_text())["stages"]


def trained_steps(folder: Path) -> int:
    with safe_open(folder / "run" / "runs" / "tokenizer" / CHECKPOINT, framework="pt") as file:
        return int(file.metadata()["step"])


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_was(folder: Path) -> None:
    script = folder / "script.py"
    script.write_text(RUN)
    command = [sys.executable, str(script), str(folder)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    run = folder / "run" / "runs" / "tokenizer"
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (run / "curves.csv").exists() or len((run / "curves.csv").read_text().splitlines()) < 4:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before, first = trained_steps(folder), (run / "curves.csv").read_text().splitlines()[:2]
    while True:  # the stage notices, writes its checkpoint and ends
        time.sleep(0.5)
        if trained_steps(folder) == before:
            break
        before = trained_steps(folder)
    assert 0 < before < 60 and not (run / "tokenizer.safetensors").exists()
    assert run_stages(workshop(folder), Console(quiet=True))
    assert (run / "curves.csv").read_text().splitlines()[:2] == first, "it did not begin anew"
    assert trained_steps(folder) == 60 and all(row["done"] for row in state(folder).values())
    assert list(state(folder)) == ["tokenizer", "narrow"] and state(folder)["narrow"]["numbers"]["clips"] == 1
    touched = (run / "tokenizer.safetensors").stat().st_mtime_ns
    again = workshop(folder)
    assert run_stages(again, Console(quiet=True)) and (run / "tokenizer.safetensors").stat().st_mtime_ns == touched
    console = Console(record=True, width=200, file=io.StringIO())
    console.print(again.table())
    shown = console.export_text()
    assert "tokenizer" in shown and "mpjpe_mm" in shown and "7 min" in shown


@pytest.mark.slow
def test_what_a_stage_lacks_is_its_own_sentence(folder: Path) -> None:
    (folder / "run" / "data" / "corpus.npy").unlink()
    with pytest.raises(UserError, match=r"corpus\.npy is missing\. Run `python -m backend data build` first") as caught:
        run_stages(workshop(folder), Console(quiet=True))
    assert caught.value.code == "no_motion_data" and not state(folder)["tokenizer"]["done"]


def test_a_folder_belongs_to_one_recipe(folder: Path) -> None:
    workshop(folder).note("tokenizer", Finished(seconds=3.0))
    assert workshop(folder).stages["tokenizer"].seconds == 3.0
    with pytest.raises(UserError, match="holds the run of another recipe, or of an earlier version of it"):
        workshop(folder, (TOKENIZER + NARROW).replace("steps = 60", "steps = 61"))


def test_a_wrong_option_is_said_before_anything_runs(folder: Path) -> None:
    with pytest.raises(UserError, match=r"\[narrow\] of mine\.toml has the unknown option wides"):
        run_stages(workshop(folder, (TOKENIZER + NARROW).replace("wide =", "wides =")), Console(quiet=True))
    assert not (folder / "run" / STATE).exists()


def in_tiny(name: str, folder: Path) -> None:
    """Run all stages of a shipped recipe on a sample of the real data."""
    options = ["--shared", str(SHARED), "--folder", str(folder), "--smoke"]
    command = [sys.executable, "-m", "backend", "train", "recipe", name, *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    logs = [log.read_text()[-2000:] for log in sorted((folder / "logs").iterdir())]
    assert done.returncode == 0, "\n".join([done.stdout, done.stderr, *logs])
    assert "left out" in done.stdout and "not finished" not in done.stdout


needs_data = pytest.mark.skipif(
    not (SHARED / "motion" / "clips.jsonl").exists() or shutil.which("flite") is None,
    reason="the shared data are not beside the project, or flite is not installed",
)


@pytest.mark.slow
@needs_data
def test_open_in_tiny(tmp_path: Path) -> None:
    """From a sample of the real data to a pack that loads and says where it is from."""
    in_tiny("open", tmp_path)
    pack = find_pack("open", tmp_path / "weights")
    verify_pack(pack)
    described, card = json.loads((pack.folder / "pack.json").read_text()), (pack.folder / "README.md").read_text()
    sha256 = hashlib.sha256((RECIPES / "open.toml").read_bytes()).hexdigest()
    assert described["recipe"] == {"name": "open --smoke", "sha256": sha256} and sha256 in card
    assert {"counter.safetensors", "envelope.safetensors", "confidence.json"} <= set(pack.sha256)
    assert described["defaults"]["guidance"] == 2.5
    generator = Generator.load("open", "cpu", weights=tmp_path / "weights")
    assert len(generator.generate("walk forward", seed=0, seconds=1.0, force=True).motions[0]) == 30
    assert generator.model.controls.names and not generator.pack["use_sound"]


@pytest.mark.slow
@needs_data
def test_the_encoder_in_tiny(tmp_path: Path) -> None:
    in_tiny("ear", tmp_path)
    assert load_encoder(tmp_path / "weights" / "ear").words.words
