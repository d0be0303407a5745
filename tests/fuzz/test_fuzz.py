"""A little fuzzing on every change; `python -m tests.fuzz --cases 100000 all` is the full run."""

import pytest

from tests.fuzz.runner import TARGETS, fuzz


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_found(target):
    report = fuzz(target, 2000, seed=1)
    assert report.cases == 2000 and not report.findings, "\n".join([report.line(), *report.findings])
    assert report.peak < 1.5e9


def test_the_runner_sees_crashes_hangs_and_failures(monkeypatch):
    """A target that misbehaves on purpose shows that the fuzzer can find something."""
    monkeypatch.setattr("tests.fuzz.runner.HANG", 0.5)
    monkeypatch.setattr("tests.fuzz.runner.STILL", 30.0)
    report = fuzz("misbehaving", 20)
    assert (report.cases, report.crashes, report.hangs) == (20, 3, 1)
    assert [finding.split(":")[0] for finding in report.findings] == ["case 3", "case 5", "case 8", "case 13"]
