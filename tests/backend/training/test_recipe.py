"""Recipes: the shipped ones fit their functions and eight hours, and what is wrong with one is said in a sentence."""

from collections import defaultdict
from pathlib import Path

import pytest

from backend.errors import UserError
from backend.training.recipe import MOST_CORES, RECIPES, PackRecipe, read_recipe
from backend.training.tokenizer import TokenizerTraining

NAMES = sorted(path.stem for path in RECIPES.glob("*.toml"))
PLACES = defaultdict(lambda: "there")
TOKENIZER = """
[loop]
final_learning_rate = 1e-6
betas = [0.9, 0.99]
clip = 1.0
bf16 = false
device = "cpu"
seed = 3
log_every = 1
checkpoint_seconds = 0.0

[tokenizer]
call = "training.tokenizer.train"
cores = 1
minutes = 7
[tokenizer.options]
data = "{data}"
run = "{runs}/tokenizer"
config.batch = 4
config.position_weight = 2.0
config.velocity_weight = 0.4
config.skate_weight = 0.2
config.turn_weight = 1.0
config.model = { width = 16, encoder_width = 16, depth = 1, code_dim = 8, codes = 16, layers = 2 }
config.loop = { steps = 60, learning_rate = 1e-3, warmup = 2, weight_decay = 0.0, ema = 0.0, validate_every = 1000 }
[tokenizer.smoke]
config.loop.steps = 2
"""


def written(folder: Path, text: str = TOKENIZER, smoke: bool = False) -> PackRecipe:
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    return read_recipe("mine", smoke, folder)


def minutes_of(recipe: PackRecipe) -> float:
    """How long the stages take with their budgets, started in the recipe's order as soon as the cores allow."""
    now, done, running = 0.0, set(), {}
    while len(done) < len(recipe.stages):
        for stage in recipe.stages:
            free = MOST_CORES - sum(other.cores for other, _ in running.values())
            ready = stage.name not in done and stage.name not in running and done.issuperset(stage.after)
            if ready and stage.cores <= free:
                running[stage.name] = (stage, now + stage.minutes)
        first = min(running, key=lambda name: running[name][1])
        now = running.pop(first)[1]
        done.add(first)
    return now


@pytest.mark.parametrize("smoke", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_every_option_fits_its_function_and_none_is_missing(name: str, smoke: bool) -> None:
    recipe = read_recipe(name, smoke)
    for stage in recipe.stages:
        function, arguments = recipe.arguments(stage, PLACES)
        assert callable(function) and arguments
    assert [stage.name for stage in recipe.stages if stage.left_out] == [] or smoke


@pytest.mark.parametrize("name", NAMES)
def test_it_takes_eight_hours_at_most(name: str) -> None:
    assert 60 < minutes_of(read_recipe(name)) <= 8 * 60


def test_the_recipes_are_those_of_the_shipped_weights() -> None:
    assert NAMES == ["ear", "open", "research"]


def test_a_stage_is_its_function_and_arguments(tmp_path: Path) -> None:
    recipe = written(tmp_path)
    function, arguments = recipe.arguments(recipe.stages[0], {"data": "here", "runs": "runs"})
    assert function.__module__ == "backend.training.tokenizer" and set(arguments) == {"config", "data", "run"}
    config = arguments["config"]
    assert isinstance(config, TokenizerTraining) and arguments["run"] == Path("runs/tokenizer")
    loop = config.loop
    assert (config.model.width, loop.steps, loop.seed, loop.minutes, loop.betas) == (16, 60, 3, 7, (0.9, 0.99))


def test_a_smoke_run_changes_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    whole, small = written(tmp_path), written(tmp_path, smoke=True)
    first, second = (recipe.arguments(recipe.stages[0], PLACES)[1]["config"] for recipe in (whole, small))
    assert (first.loop.steps, second.loop.steps) == (60, 2) and whole.sha256 == small.sha256
    second.loop.steps = 60
    assert first == second


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("config.batch", "config.bach", r"\[tokenizer\] of mine\.toml has the unknown option config\.bach\."),
        ('data = "{data}"', 'dater = "{data}"', "has the unknown option dater"),
        ("config.batch = 4\n", "", r"does not say config\.batch, which decides about the pack"),
        ("seed = 3\n", "", r"does not say config\.loop\.seed"),
        ("depth = 1", 'depth = "one"', r"config\.model\.depth = 'one' does not fit"),
        ("width = 16, enc", "wide = 16, enc", r"unknown option config\.model\.wide"),
        ("{data}", "{date}", "data = '{date}' does not fit"),
        ("tokenizer.train", "tokenizer.teach", r"calls training\.tokenizer\.teach, which is no function"),
        ("minutes = 7\n", "", "does not say minutes"),
        ("cores = 1", "cores = 3", "asks for 3 cores"),
        ("cores = 1", "cores = 1\nhours = 2", "has the unknown entry hours"),
        ("cores = 1", 'cores = 1\nafter = ["data"]', "comes after data, which is no earlier stage"),
        ("[loop]", "[loop", "is no TOML file"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, before: str, after: str, said: str) -> None:
    assert before in TOKENIZER
    with pytest.raises(UserError, match=said):
        recipe = written(tmp_path, TOKENIZER.replace(before, after, 1))
        recipe.arguments(recipe.stages[0], {"data": "here", "runs": "runs"})


def test_a_recipe_that_is_not_there_is_said() -> None:
    with pytest.raises(UserError, match=r"There is no recipe opne\. Recipes: ear, open"):
        read_recipe("opne")
