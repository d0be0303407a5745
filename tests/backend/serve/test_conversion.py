"""`serve` converts motion files beside everything else, says how far it is, and can be stopped at it."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from backend.motion.files import load_motion, save_motion
from backend.motion.formats.reading import read_motion
from backend.serve import messages
from backend.serve.conversion import AT_ONCE, ConversionDesk
from tests.backend.client import Client
from tests.backend.motion import source_rigs as rigs
from tests.backend.motion.formats.samples import smpl_arrays, write_bvh


def test_while_the_networks_load(tmp_path: Path) -> None:
    walk = rigs.walking(40)
    np.savez(tmp_path / "amass.npz", **smpl_arrays(walk, 156, "Z"), mocap_framerate=np.float64(60))
    out = tmp_path / "out"
    with Client(load=20) as client:
        id = client.send(request="convert", file=str(tmp_path / "amass.npz"), out=str(out), fps=30.0)
        done = client.wait("converted", id)
        assert not [event for event in client.events if event["event"] == "ready"]
        assert (done["frames"], done["fps"], done["notes"]) == (20, 30.0, [])
        assert Path(done["file"]) == out / "amass.npz" and len(load_motion(done["file"])) == 20
        shares = [event["fraction"] for event in client.events if event["event"] == "progress" and event["id"] == id]
        assert shares == sorted(shares) and shares
        again = client.wait("converted", client.send(request="convert", file=str(tmp_path / "amass.npz"), out=str(out)))
        assert Path(again["file"]).name != "amass.npz", "an earlier result stays"
        error = client.end_of(client.send(request="convert", file=str(tmp_path / "none.bvh"), out=str(out)))
        assert error["code"] == "bad_bvh" and "none.bvh" in error["message"]
        assert client.end_of(client.send(request="convert", file="a.pkl", out=str(out)))["code"] == "unknown_motion_file"
        assert client.end_of(client.send(request="convert", file="a.npz", out=str(out), kind="fbx"))["code"] == "bad_request"
        assert client.end_of(client.send(request="convert", file="a.npz", out=str(out), fps=0.0))["code"] == "bad_option"


def test_to_bvh(tmp_path: Path) -> None:
    walk = rigs.walking(30).placed_at_origin()
    save_motion(tmp_path / "walk.npz", walk)
    with Client() as client:
        id = client.send(request="convert", file=str(tmp_path / "walk.npz"), out=str(tmp_path), kind="bvh")
        done = client.wait("converted", id)
    assert np.abs(read_motion(done["file"]).motion.positions() - walk.positions()).max() < 1e-3


class Told:
    """What a desk sends, and when it has sent the last."""

    def __init__(self) -> None:
        self.events: list = []
        self.ended = threading.Event()

    def __call__(self, event: messages.Event) -> None:
        self.events.append(event)
        if not isinstance(event, messages.Progress):
            self.ended.set()


def test_cancel_leaves_nothing(tmp_path: Path) -> None:
    path = write_bvh(tmp_path / "walk.bvh", rigs.walking(40))
    told = Told()
    desk = ConversionDesk(told)

    def stop_at_once(event: messages.Event) -> None:
        desk.cancel("a")
        told(event)

    desk._send = stop_at_once  # the first word of its progress is answered by the cancel
    desk.begin(messages.Convert(id="a", file=str(path), out=str(tmp_path / "out")))
    assert told.ended.wait(60)
    assert isinstance(told.events[-1], messages.WasCancelled) and not (tmp_path / "out").exists()
    assert not desk.cancel("a")


def test_too_many_and_the_same_twice(tmp_path: Path) -> None:
    holding = threading.Event()
    desk = ConversionDesk(lambda event: holding.wait(60) and None)
    for number in range(AT_ONCE):
        desk.begin(messages.Convert(id=str(number), file="a.bvh", out=str(tmp_path)))
    for id, says in (("0", "not finished"), ("x", "are being read")):
        with pytest.raises(Exception, match=says):
            desk.begin(messages.Convert(id=id, file="a.bvh", out=str(tmp_path)))
    holding.set()
