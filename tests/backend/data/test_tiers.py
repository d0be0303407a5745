"""Data whose licence forbids something stay in a folder of their own, and what is made of them says so."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from backend.data import build
from backend.data.sources.convert import retarget_all
from backend.data.tiers import LICENCES, RESEARCH_TIERS, SHIPPED_TIERS, licence_of, sorted_tiers, tiers_of_samples
from backend.errors import UserError
from tests.backend.data.sources.test_convert import write_shared


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `data build` leaves, small; composing samples of every key would take minutes, so here there are two."""

    def build_samples(out: Path, tiers: tuple[str, ...], seed: int, **_: object) -> None:
        assert tiers == RESEARCH_TIERS
        rows = [{"key": "walk.forward", "start": 0, "frames": 24, "sources": names} for names in (["good"], ["bow-00", "other"])]
        (out / "samples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    monkeypatch.setattr(build, "build_samples", build_samples)
    folder = tmp_path / "data"
    retarget_all(write_shared(tmp_path / "shared"), folder / "motions", SHIPPED_TIERS, workers=1)
    for name, row in (("speech/utterances", {"text": "walk", "voice": "slt", "frames": 9, "key": "walk.forward"}),
                      ("authored/index", {"name": "bow-00", "key": "bow", "frames": 9, "split": "train"})):  # fmt: skip
        (folder / name).parent.mkdir()
        (folder / f"{name}.jsonl").write_text(json.dumps(row) + "\n")
    return folder


def test_research_data_lie_beside_the_others(base: Path) -> None:
    before = {path: path.read_bytes() for path in base.rglob("*") if path.is_file()}
    for _ in range(2):  # a second run finds everything done
        out = build.build_research(base.parent / "shared", base, 0, Console(quiet=True))
    assert out.parent == base and {path.name for path in (out / "motions").iterdir()} == {"good.npz", "other.npz", "index.jsonl"}
    assert tiers_of_samples(out) == ["open", "noncommercial", "authored"]
    assert {path: path.read_bytes() for path in before} == before and tiers_of_samples(base) == []
    assert (out / "speech").resolve() == base / "speech", "shared, not copied"


def test_research_data_need_the_others(base: Path) -> None:
    (base / "speech" / "utterances.jsonl").unlink()
    (base / "speech").rmdir()
    with pytest.raises(UserError, match=r"holds no speech\. Run `python -m backend data build` first\."):
        build.build_research(base.parent / "shared", base, 0, Console(quiet=True))


def test_a_motion_of_unknown_origin_is_refused(base: Path) -> None:
    (base / "samples.jsonl").write_text(json.dumps({"key": "bow", "sources": ["bow-00", "from somewhere"]}) + "\n")
    with pytest.raises(UserError, match="motions of from somewhere, which no index lists"):
        tiers_of_samples(base)


def test_the_strictest_licence_counts() -> None:
    assert sorted_tiers(["authored", "open", "authored"]) == ["open", "authored"]
    assert licence_of([*SHIPPED_TIERS, "authored"]) == "CC BY-SA 3.0" and licence_of(RESEARCH_TIERS) == "CC BY-NC 4.0"
    assert licence_of(RESEARCH_TIERS) in LICENCES["noncommercial"]
    with pytest.raises(UserError, match="licence of the tier found-on-the-web"):
        sorted_tiers(["open", "found-on-the-web"])
