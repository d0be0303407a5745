"""`serve` takes a recording of several instructions apart, says how far it is, and can be stopped at it; the stand-in hears."""

import numpy as np
import pytest
import soundfile

from tests.backend.client import REPOSITORY, Client


@pytest.fixture(scope="module")
def client():
    """One process for both tests: they leave it as it was."""
    with Client() as shared:
        shared.wait("ready")
        yield shared


@pytest.fixture
def scene(tmp_path) -> str:
    """Twelve times the same instruction, with pauses."""
    one, rate = soundfile.read(REPOSITORY / "addon/examples/walk_forward_then_wave.ogg")
    path = tmp_path / "scene.wav"
    soundfile.write(path, np.tile(np.concatenate([one, np.zeros(round(1.5 * rate))]), 12), rate)
    return str(path)


def test_split_and_a_motion_of_a_part(client, scene, tmp_path):
    first = len(client.events)
    id = client.send(request="split", audio=scene)
    found = client.wait("instructions", id)["instructions"]
    assert len(found) == 12 and {one["heard"] for one in found} == {"sway gently"} and found[0]["confidence"] == 0.9
    apart = np.diff([one["start"] for one in found])
    assert np.ptp(apart) < 0.1 and all(0 < one["end"] - one["start"] < apart[0] for one in found)
    mine = [event for event in client.events[first:] if event.get("id") == id]
    assert next(event["phase"] for event in mine if event["event"] == "progress") == "reading"
    fractions = [event["fraction"] for event in mine if event["event"] == "progress"]
    assert fractions == sorted(fractions) and fractions[-1] > 0.9
    part = [found[3]["start"], found[3]["end"]]
    result = client.end_of(client.send(request="generate", audio=scene, part=part, out=str(tmp_path / "o")))
    assert result["event"] == "result"
    error = client.end_of(client.send(request="generate", audio=scene, part=[5.0, 1.0], out=str(tmp_path / "o")))
    assert error["code"] == "bad_option"


def test_cancel_of_a_split(client, scene):
    id = client.send(request="split", audio=scene)
    client.until(lambda event: event.get("id") == id and event.get("fraction", 0) > 0.4)
    client.send(request="cancel", target=id)
    assert client.end_of(id)["event"] == "cancelled"
    assert client.end_of(client.send(request="split", audio="/nowhere.wav"))["code"] == "missing_audio"
    assert client.state()["state"] == "ready"
