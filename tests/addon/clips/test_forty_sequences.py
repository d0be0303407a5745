"""Forty sequences of real motions on four kinds of rigs: nobody jumps or slides where one motion goes over into the next.

The motions come from the real backend. Each sequence is three motions one behind the other, and then three of: replace by
another, insert, move, delete. At the end each is undone. Positions are what Blender evaluates.
"""

from __future__ import annotations

import json
import random
import subprocess
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[3]
WORDS = ("walk forward", "run forward", "wave with your right hand", "nod", "turn left", "walk backward", "jump",
         "kick with the right leg", "bow", "dance", "punch", "step to the left", "stand still", "crouch")  # fmt: skip
JOINTS = ("pelvis", "head", "left_knee", "right_knee", "left_ankle", "right_ankle", "left_foot", "right_foot", "left_elbow",
          "right_elbow", "left_wrist", "right_wrist")  # fmt: skip
BALLS = tuple(JOINTS.index(name) for name in ("left_foot", "right_foot"))
STANDS, SLOW = 0.035, 0.4  # metres above the ball's height at rest, metres per second: a ball that is lower and slower stands
JUMP = 1.2  # times the motions' own 99th percentile of a joint's way in a frame
SLIDE = 0.03  # metres of a foot at a join
CALM = 0.01  # metres a frame; motions that are slower count as this fast, since a step of a centimetre is no jump
SEQUENCES = 40

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def motions(tmp_path_factory) -> dict[str, str]:
    """Words -> file of a motion that the real backend made. Left out only where there is no backend to ask."""
    python = ROOT / ".venv" / "bin" / "python"
    if not (python.is_file() and (ROOT / "backend" / "weights" / "open" / "pack.json").is_file()):
        pytest.skip("needs .venv and the weights in backend/weights/open")
    out = tmp_path_factory.mktemp("motions")
    requests = [
        {"id": words, "request": "generate", "text": words, "out": str(out), "seed": 1, "fps": 30.0} for words in WORDS
    ]
    command = [str(python), "-m", "backend", "serve", "--device", "cpu"]
    files: dict[str, str] = {}
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as backend:
        backend.stdin.write("".join(json.dumps(request) + "\n" for request in requests))
        backend.stdin.flush()
        while len(files) < len(WORDS):
            event = json.loads(backend.stdout.readline())
            assert event["event"] != "error", event
            if event["event"] == "result":
                files[event["id"]] = event["files"][0]
        backend.stdin.close()
    return files


class Look:
    """Where Blender puts the joints, in body space."""

    def __init__(self, context, rig) -> None:
        self.context = context
        bones = [rig.match.bones[joint] for joint in JOINTS]
        self.bones = [bone if isinstance(bone, str) else bone[0] for bone in bones]
        self.axes, self.scale = rig.space.axes, rig.space.scale
        self.rest = self.at(-1000, -1000)[0]

    def at(self, first: int, last: int) -> np.ndarray:
        """(T, J, 3) metres."""
        places, scene = [], self.context.scene  # looked up each time: undo makes both anew
        for frame in range(first, last + 1):
            scene.frame_set(frame)
            pose = scene.voice_to_motion.character.pose
            places.append([tuple(pose.bones[bone].head) for bone in self.bones])
        return np.array(places) @ self.axes / self.scale


def usual_ways(look: Look, motions: dict[str, str], put) -> dict[str, float]:
    """Of each motion alone: the 99th percentile of a joint's way in a frame, metres."""
    found = {}
    for words in motions:
        clip = put(words)
        ways = np.linalg.norm(np.diff(look.at(clip.start, clip.last), axis=0), axis=-1)
        found[words] = max(float(np.percentile(ways, 99)), CALM)
    return found


def joined(clip) -> int:
    """Frames of the transition at a clip's start."""
    return round(json.loads(clip.written)["tweaks"]["join"] * 30)


def measure(look: Look, clips: list, usual: dict[str, float]) -> list[tuple[float, float, str]]:
    """Of each join: the largest way of a joint in a frame, in units of the motions' own; how far a foot slides; its names."""
    first = clips[0].start
    places = look.at(first, clips[-1].last)
    ways = np.linalg.norm(np.diff(places, axis=0), axis=-1)
    found = []
    for one, two in pairwise(clips):
        border = two.start - first
        jump = ways[border - 2 : border + 2].max() / max(usual[one.name], usual[two.name])
        slide = max(slid(places[max(border - 3, 0) : border + joined(two) + 5, ball], look.rest[ball]) for ball in BALLS)
        found.append((jump, slide, f"{one.name} -> {two.name} at {two.start}"))
    return found


def slid(places: np.ndarray, rest: np.ndarray) -> float:
    """Metres over the floor between the ends of the longest slide of a standing ball (T, 3)."""
    speed = np.linalg.norm(np.diff(places, axis=0), axis=-1) * 30
    stands = (places[1:, 1] - rest[1] < STANDS) & (speed < SLOW)
    worst, start = 0.0, None
    for row, standing in enumerate(stands):
        start = row if standing and start is None else start if standing else None
        if standing:
            worst = max(worst, float(np.linalg.norm((places[row + 1] - places[start])[[0, 2]])))
    return worst


def test_forty_sequences(extension, blender, scene, actor, motions, session, capsys):
    context, random_choice = blender.context, random.Random(7)
    look = Look(context, extension("rigs.reading").read_rig(scene, actor))
    found: list[tuple[float, float, str]] = []

    def clips():
        action = context.scene.voice_to_motion.character.animation_data.action
        return sorted((clip for clip in action.voice_to_motion.clips if not clip.muted), key=lambda clip: clip.start)

    def put(frame, words):
        context.scene.frame_set(frame)
        blender.ops.voice_to_motion.apply_motion(filepath=motions[words])

    def alone(words):
        context.scene.voice_to_motion.character.animation_data_clear()
        put(1, words)
        return clips()[0]

    def change(how):
        order = clips()
        chosen = random_choice.choice(order)
        if how == "replace":
            put((chosen.start + chosen.last) // 2, random_choice.choice(WORDS))
        elif how == "insert":
            put(order[0].last, random_choice.choice(WORDS))
        elif how == "move":
            frame = chosen.start + random_choice.choice([-30, 15, 20, 60])
            blender.ops.voice_to_motion.move_clip(clip=chosen.uid, frame=frame)
        elif how == "delete" and len(order) > 2:
            blender.ops.voice_to_motion.delete_clip(clip=chosen.uid)

    usual = usual_ways(look, motions, alone)
    for _ in range(SEQUENCES):
        context.scene.voice_to_motion.character.animation_data_clear()
        three = random_choice.sample(WORDS, 3)
        put(1, three[0])
        for words in three[1:]:
            put(clips()[-1].last, words)
        for how in random_choice.sample(["replace", "replace", "insert", "move", "delete"], 3):
            change(how)
            assert not session.message
            assert all(one.last < two.start for one, two in pairwise(clips()))
        found += measure(look, clips(), usual)
    for how in ("replace", "insert", "move", "delete"):
        before = [(clip.name, clip.start, clip.last) for clip in clips()]
        blender.ops.ed.undo_push(message="before")
        change(how)
        blender.ops.ed.undo_push(message="after")
        blender.ops.ed.undo()
        assert [(clip.name, clip.start, clip.last) for clip in clips()] == before
    jumps, slides = np.array([one[0] for one in found]), np.array([one[1] for one in found])
    with capsys.disabled():
        quantiles = [50, 95, 100]
        print(f"\n{len(found)} joins: jumps {np.percentile(jumps, quantiles).round(2)}, slides", end=" ")
        print(f"{np.percentile(100 * slides, quantiles).round(1)} cm", end="")
    assert not [one for one in found if one[0] > JUMP or one[1] > SLIDE]
