"""A stand-in for the backend: speaks the protocol over stdin and stdout, and misbehaves on request. Standard library +
numpy.

`peer.py serve BEHAVIOUR...`, where the behaviour is one of
  good         makes a motion (a step forward with a raised arm) and reports progress
  slow         the same, with 0.06 s between 40 steps of progress; cancel works
  longer       ten seconds, for windows that are drawn slowly
  deaf         starts to compose and never reads anything again
  dies         is killed in the middle of composing
  crash        ends with an exception before it greets
  malformed    writes lines that are no events before it does its work
  error        answers every generate with an error event
  full         answers every generate with the error that the disk is full
  refuses      understands nothing, unless it is typed or forced
  unsure       is not sure of what it heard
  old          greets with a protocol of the past
  nofile       answers with a result that names a file that is not there
  broken       answers with a file full of NaN
  same         answers a request to make frames of a motion anew with that motion as it is
  nomic        has no microphone
  breaksoff    is killed while it records
  accounts     has words that it did nearly and not, and a number that was asked for

Whatever is split has three instructions in it, “walk forward”, “wave” and an unsure “um jump”, at 0.5, 2 and 5 seconds, and what is
asked in the words “fly” or lies there at 2 seconds where the behaviour is `picky`, is an error.

Recording is a second of a tone in any case, with the levels of a microphone, and ends by itself like after a pause.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
from pathlib import Path

J = 55


def say(**event: object) -> None:
    print(json.dumps(event), flush=True)


def write_motion(path: Path, seed: int, fps: float, seconds: float, broken: bool = False, heard: str = "walk forward") -> int:
    """Write an exchange file without numpy: GUI tests run on a Python that may lack it. Returns the number of
    frames."""
    import io
    import math
    import struct
    import zipfile

    frames = max(1, round(seconds * fps))

    def npy(shape: tuple[int, ...], kind: str, raw: bytes) -> bytes:
        header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
        header = header.ljust(117) + "\n"
        return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode("latin1") + raw

    def floats(*values: float) -> bytes:
        return struct.pack(f"<{len(values)}f", *values)

    def text(value: str) -> bytes:
        return npy((), f"<U{max(1, len(value))}", (value or "\0").encode("utf-32-le"))

    poses, trans = [], []
    for frame in range(frames):
        phase = frame / max(1, frames - 1)
        row = [0.0] * (J * 3)
        swing = 0.5 * math.sin(2 * math.pi * phase * seconds)
        row[1 * 3], row[2 * 3] = swing, -swing  # hips
        row[4 * 3] = row[5 * 3] = 0.4 + 0.3 * math.cos(2 * math.pi * phase * seconds)  # knees
        row[16 * 3 + 2] = -1.2 + 0.3 * swing  # left arm down
        row[17 * 3 + 2] = -1.1 * phase  # right arm rises
        row[18 * 3 + 1] = -0.4
        row[19 * 3 + 1] = 1.2 * phase
        poses += [math.nan if broken else value for value in row]
        trans += [0.0, 0.97 + 0.35, 1.1 * phase * seconds / 2]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in {
            "poses": npy((frames, J * 3), "<f4", floats(*poses)),
            "trans": npy((frames, 3), "<f4", floats(*trans)),
            "pelvis_rest": npy((3,), "<f4", floats(0.0, -0.35, 0.0)),
            "mocap_frame_rate": npy((), "<f8", struct.pack("<d", fps)),
            "seed": npy((), "<i8", struct.pack("<q", seed)),
            "up_axis": text("Y"),
            "heard": text(heard),
            "model": text("peer"),
            "audio": text(""),
            "weights_licence": text("CC BY 9.0"),
        }.items():
            archive.writestr(name + ".npy", data)
    path.write_bytes(buffer.getvalue())
    return frames


def write_again(path: Path, request: dict, seed: int, raised: float) -> int:
    """Write the motion of a request with its frames `first` to `last` made anew: the right arm goes up and down again. Where
    they are not named, write two seconds that go on from where it ends. Returns the number of frames."""
    import numpy as np

    with np.load(request["motion"]) as data:
        parts = {name: data[name].copy() for name in data.files}
    if request.get("first") is None:
        count = round(2 * request["fps"])
        parts["poses"], parts["trans"] = (np.repeat(parts[name][-1:], count, axis=0) for name in ("poses", "trans"))
        rows, phase = slice(0, count), np.arange(count) / count
    else:
        rows = slice(request["first"], request["last"] + 1)
        count = rows.stop - rows.start
        phase = np.arange(1, count + 1) / (count + 1)
        parts["trans"][rows, 1] += 0.004 * raised  # the model's frames do not fit as if they had been there
    parts["poses"][rows, 17 * 3 + 2] -= raised * np.sin(np.pi * phase) ** 2
    texts = {"heard": "wave", "model": "peer", "audio": ""}
    np.savez(path, **parts, seed=np.int64(seed), **{name: np.array(text) for name, text in texts.items()})
    return len(parts["poses"])


def generate(request: dict, behaviour: str, inbox: queue.SimpleQueue) -> None:
    """Answer one generate request."""
    me = request["id"]
    if request.get("text") == "fly" or (behaviour == "picky" and (request.get("part") or [0])[0] == 2.0):
        say(event="error", id=me, code="no_known_word", message="No word of that is known.", hint="Describe a movement.")
        return
    if behaviour == "full":
        say(event="error", id=me, code="cannot_write", message="Nothing can be written (no space left).", hint="Free some space.")
        return
    if behaviour == "error":
        say(event="error", id=me, code="silent_audio", message="The recording is silent.", hint="Record it again.")
        return
    if behaviour == "malformed":
        print('this is no JSON\n[1, 2]\n{"event": 5}\n{"noevent": true}\n' + "x" * 5000, flush=True)
    say(event="progress", id=me, phase="hearing", fraction=0.05)
    refused = behaviour == "refuses" and not request.get("force") and not request.get("text")
    confidence = {"unsure": 0.6, "refuses": 0.95 if request.get("text") else 0.2}.get(behaviour, 0.95)
    say(event="heard", id=me, text="walk forward", confidence=confidence)
    if refused:
        say(event="error", id=me, code="not_understood", message="Did not understand; heard: “walk forward”.",
            hint="The nearest it can do: “walk forward”, “wave”.", nearest=["walk forward", "wave"])  # fmt: skip
        return
    told = behaviour == "accounts"
    account = [{"text": "forward", "state": "done", "by": "", "unsure": told, "step": 0}]
    if told:
        account = [
            {"text": "stroll", "state": "nearly", "by": "walk", "unsure": False, "step": 0}, *account,
            {"text": "umbrella", "state": "not known", "by": "", "unsure": False, "step": 0},
        ]  # fmt: skip
    say(event="heard", id=me, text="walk forward", confidence=confidence, words=account)
    steps, pause = {"slow": (40, 0.06), "longer": (40, 0.25)}.get(behaviour, (4, 0.01))
    for step in range(steps):
        if behaviour == "dies" and step == 2:
            print("about to be killed", file=sys.stderr, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(3600 if behaviour == "deaf" else pause)
        say(
            event="progress",
            id=me,
            phase="composing" if step < steps * 0.7 else "refining",
            fraction=(step + 1) / steps,
        )
        while not inbox.empty():
            other = inbox.get()
            if other.get("request") == "cancel" and other.get("target") == me:
                say(event="cancelled", id=me)
                return
    seed = 123 if request["seed"] is None else request["seed"]
    seeds = [seed + number for number in range(request["variations"])]
    paths = [Path(request["out"]) / f"peer {os.getpid()} {me} {seed}.npz" for seed in seeds]
    frames = [3] * len(seeds)
    if request.get("motion"):
        raised = 0.0 if behaviour == "same" else 1.2
        frames = [write_again(path, request, seed, raised) for path, seed in zip(paths, seeds, strict=True)]
    elif behaviour != "nofile":
        length = request["seconds"] or 2.0
        frames = [
            write_motion(path, seed, request["fps"], length, broken=behaviour == "broken")
            for path, seed in zip(paths, seeds, strict=True)
        ]
    cut = "cut.wav" in (request.get("audio") or "")
    say(event="result", id=me, files=[str(path) for path in paths], heard="walk forward", seeds=seeds, frames=frames,
        fps=request["fps"], seconds={"hearing": 0.03}, confidence=confidence, words=account,
        reached=[
            {"variation": number, "step": 0, "name": "turn", "asked": -90.0, "got": -88.0 - number, "met": number == 0}
            for number in range(len(paths) if told else 0)
        ],
        note="The recording cut.wav breaks off after 0.6 s of 1.0 s." if cut else "")  # fmt: skip


def split(request: dict, behaviour: str, inbox: queue.SimpleQueue) -> None:
    """Answer one split request."""
    me = request["id"]
    if behaviour == "error":
        say(event="error", id=me, code="no_speech", message="No instruction was understood.", hint="Speak clearly.")
        return
    for step in range(40):
        say(event="progress", id=me, phase="hearing", fraction=step / 40)
        time.sleep(0.06 if behaviour == "slow" else 0.001)
        if not inbox.empty() and inbox.get().get("target") == me:
            say(event="cancelled", id=me)
            return
    found = [(0.5, 1.25, "walk forward", 0.95), (2.0, 2.5, "wave", None), (5.0, 6.5, "um jump", 0.4)]
    names = ("start", "end", "heard", "confidence")
    say(event="instructions", id=me, instructions=[dict(zip(names, one, strict=True)) for one in found])


def convert(request: dict, behaviour: str, inbox: queue.SimpleQueue) -> None:
    """Answer one convert request: two seconds of a motion of our own, or a text for BVH."""
    me = request["id"]
    if not Path(request["file"]).is_file() or behaviour == "error":
        say(event="error", id=me, code="bad_motion_file", message="The file has no poses; it has betas.", hint="Export it again.")
        return
    for step in range(40):
        say(event="progress", id=me, phase="converting", fraction=step / 40)
        time.sleep({"slow": 0.06, "longer": 0.25}.get(behaviour, 0.001))
        if not inbox.empty() and inbox.get().get("target") == me:
            say(event="cancelled", id=me)
            return
    kind, fps = request.get("kind", "npz"), request.get("fps") or 24.0
    path = Path(request["out"]) / f"converted {me}.{kind}"
    if kind == "npz":
        write_motion(path, -1, fps, 2.0, heard="")
    else:
        path.write_text("HIERARCHY", encoding="utf-8")
    notes = ["it does not say its frame rate: 30 assumed"]
    where = "/elsewhere.npz" if behaviour == "nofile" else str(path)
    say(event="converted", id=me, file=where, frames=round(2 * fps), fps=fps, notes=notes)


def record(request: dict, behaviour: str, inbox: queue.SimpleQueue) -> None:
    """Answer one record request."""
    import math
    import struct
    import wave

    me, path = request["id"], Path(request["file"])
    if behaviour == "nomic":
        say(event="error", id=me, code="no_microphone", message="No microphone was found.", hint="Connect one.")
        return
    say(event="recording", id=me, device="Peer's Microphone", rate=16000)
    part = path.with_name(path.name + ".part")
    stopped = False
    with wave.open(str(part), "wb") as stream:
        stream.setnchannels(1)
        stream.setsampwidth(2)
        stream.setframerate(16000)
        for block in range(15):
            loud = 0.1 + 0.6 * abs(math.sin(block * 0.5))
            tone = (int(32000 * loud * math.sin((block * 1067 + i) * 0.17)) for i in range(1067))
            stream.writeframes(b"".join(struct.pack("<h", value) for value in tone))
            say(event="level", id=me, seconds=round((block + 1) / 15, 3), peak=loud, rms=loud * 0.7)
            time.sleep(0.3 if behaviour == "slow" else 0.005)
            if behaviour == "breaksoff" and block == 9:
                os.kill(os.getpid(), signal.SIGKILL)
            while not inbox.empty():
                other = inbox.get()
                if other.get("target") == me and other["request"] == "cancel":
                    part.unlink()
                    say(event="cancelled", id=me)
                    return
                stopped = stopped or (other.get("target") == me and other["request"] == "stop")
            if stopped:
                break
    part.replace(path)
    reason = "stopped" if stopped else "silence"
    say(event="recorded", id=me, file=str(path), seconds=round((block + 1) / 15, 3), peak=0.7, reason=reason, gaps=0)


def sounds(request: dict, behaviour: str, inbox: queue.SimpleQueue) -> None:
    """Answer what has to do with the sound card."""
    if request["request"] == "devices":
        found = [] if behaviour == "nomic" else ["Built-in Microphone", "USB Headset"]
        devices = [{"name": name, "channels": 1, "rate": 16000, "default": name.startswith("Built")} for name in found]
        say(event="devices", id=request["id"], devices=devices)
    elif request["request"] == "play":
        for _ in range(20):
            time.sleep(0.05)
            if not inbox.empty() and inbox.get().get("target") == request["id"]:
                break
        say(event="played", id=request["id"])
    else:
        record(request, behaviour, inbox)


def main() -> None:
    behaviour = sys.argv[2] if len(sys.argv) > 2 else "good"
    if behaviour == "crash":
        raise ModuleNotFoundError("No module named 'torch'")
    say(event="hello", protocol=0 if behaviour == "old" else 1, version="0.1.0", pid=os.getpid())
    say(event="ready", device="cpu", packs=[{"name": "peer", "licence": "none", "vocabulary": ["walk", "forward"]}])
    inbox: queue.SimpleQueue = queue.SimpleQueue()
    desks: dict[str, queue.SimpleQueue] = {}  # of recordings and the like, each in a thread of its own

    def read() -> None:
        for line in sys.stdin:
            request = json.loads(line)
            if request["request"] in ("record", "devices", "play"):
                desk = desks[request["id"]] = queue.SimpleQueue()
                threading.Thread(target=sounds, args=(request, behaviour, desk), daemon=True).start()
            else:
                desks.get(request.get("target"), inbox).put(request)
        os._exit(0)  # stdin closed: end at once, whatever is going on

    threading.Thread(target=read, daemon=True).start()
    while True:
        request = inbox.get()
        if request["request"] == "shutdown":
            say(event="bye")
            return
        if request["request"] == "split":
            split(request, behaviour, inbox)
        if request["request"] == "convert":
            convert(request, behaviour, inbox)
        if request["request"] == "generate":
            (Path(request["out"]) / "requests.jsonl").open("a").write(json.dumps(request) + "\n")
            generate(request, behaviour, inbox)


if __name__ == "__main__":
    main()
