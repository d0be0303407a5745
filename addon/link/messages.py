"""The events that the backend may send, field by field; anything else is refused.

The backend is our own program, but a wrong version, a library that prints, or another program in its place can send anything.
So nothing is used before its type and size are checked: numbers are finite and texts bounded. `backend/serve/protocol.py`
checks the other direction. A test keeps this list and `backend/serve/messages.py` alike. Plain Python, no bpy.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from .process import LONGEST_LINE

MALFORMED = "malformed"

Check = Callable[[object], bool]


def _text(most: int) -> Check:
    return lambda value: isinstance(value, str) and len(value) <= most


def _path(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 4096 and "\0" not in value


def _number(low: float, high: float) -> Check:
    return lambda value: type(value) in (int, float) and low <= value <= high  # NaN is in no interval


def _whole(low: int, high: int) -> Check:
    return lambda value: type(value) is int and low <= value <= high


def _truth(value: object) -> bool:
    return isinstance(value, bool)


def _or_none(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _many(check: Check, most: int) -> Check:
    return lambda value: isinstance(value, list) and len(value) <= most and all(check(item) for item in value)


def _object(fields: dict[str, Check]) -> Check:
    return lambda value: isinstance(value, dict) and all(name in value and fields[name](value[name]) for name in fields)


def _times(value: object) -> bool:
    seconds = _number(0.0, 1e6)
    return isinstance(value, dict) and len(value) <= 100 and all(seconds(time) for time in value.values())


def _name(value: object) -> bool:
    return _NAME(value) and "\0" not in value


_ID, _NAME, _WORDS = _text(64), _text(300), _text(10_000)
_SEED = _whole(-1, 2**63 - 1)
_SURE = _or_none(_number(0.0, 1.0))  # None where the pack cannot tell
_PACK = _object({"name": _NAME, "licence": _WORDS, "vocabulary": _many(_NAME, 20_000)})
_DEVICE = _object({"name": _NAME, "channels": _whole(0, 1000), "rate": _whole(0, 10_000_000), "default": _truth})
_INSTRUCTION = _object(
    {"start": _number(0.0, 1e6), "end": _number(0.0, 1e6), "heard": _WORDS, "confidence": _or_none(_number(0.0, 1.0))}
)
_STATES = ("done", "nearly", "not done", "not known")
_WORD = _object(
    {"text": _WORDS, "state": lambda value: value in _STATES, "by": _NAME, "unsure": _truth, "step": _whole(-1, 1000)}
)
_REACHED = _object(
    {
        "variation": _whole(0, 64), "step": _whole(0, 1000), "name": _NAME, "asked": _number(-1e6, 1e6), "got": _number(-1e6, 1e6),
        "met": _truth,
    }
)  # fmt: skip
_ACCOUNT = _many(_WORD, 1000)

# event -> its fields; those in _DEFAULTS may be missing
EVENTS: dict[str, dict[str, Check]] = {
    "hello": {"protocol": _whole(0, 10**6), "version": _NAME, "pid": _whole(0, 2**32)},
    "ready": {"device": _NAME, "packs": _many(_PACK, 100)},
    "progress": {"id": _ID, "phase": _NAME, "fraction": _number(0.0, 1.0)},
    "heard": {"id": _ID, "text": _WORDS, "confidence": _SURE, "words": _ACCOUNT},
    "instructions": {"id": _ID, "instructions": _many(_INSTRUCTION, 1000), "note": _WORDS},
    "devices": {"id": _ID, "devices": _many(_DEVICE, 1000)},
    "recording": {"id": _ID, "device": _NAME, "rate": _whole(1, 10_000_000)},
    "level": {"id": _ID, "seconds": _number(0.0, 1e6), "peak": _number(0.0, 1e6), "rms": _number(0.0, 1e6)},
    "recorded": {
        "id": _ID, "file": _path, "seconds": _number(0.0, 1e6), "peak": _number(0.0, 1e6), "reason": _NAME,
        "gaps": _whole(0, 2**63),
    },
    "played": {"id": _ID},
    "result": {
        "id": _ID, "files": _many(_path, 64), "heard": _WORDS, "seeds": _many(_SEED, 64), "frames": _many(_whole(1, 10**6), 64),
        "fps": _number(0.1, 1000.0), "seconds": _times, "confidence": _SURE, "note": _WORDS,
        "words": _ACCOUNT, "reached": _many(_REACHED, 1000),
    },
    "converted": {
        "id": _ID, "file": _path, "frames": _whole(1, 10**6), "fps": _number(0.1, 1000.0), "notes": _many(_WORDS, 20),
    },
    "cancelled": {"id": _ID},
    "error": {"id": _ID, "code": _NAME, "message": _WORDS, "hint": _WORDS, "nearest": _many(_name, 10)},
    "status": {
        "id": _ID, "state": _NAME, "running": _or_none(_ID), "queued": _many(_ID, 1000), "device": _NAME,
    },
    "bye": {},
}  # fmt: skip
_DEFAULTS = {
    ("error", "hint"): "", ("error", "nearest"): [], ("converted", "notes"): [],
    ("result", "note"): "", ("instructions", "note"): "",
    ("heard", "words"): [], ("result", "words"): [], ("result", "reached"): [],
}  # fmt: skip


def parse(line: str) -> dict:
    """Read one line of the backend as an event with exactly the fields of `EVENTS`.

    Never raises: anything else comes back as ``{"event": "malformed", "line": its first 200 letters}``.
    """
    if len(line) <= LONGEST_LINE:
        try:
            event = json.loads(line, parse_constant=_refuse)
        except (ValueError, RecursionError):
            event = None
        checked = _checked(event) if isinstance(event, dict) else None
        if checked is not None:
            return checked
    return {"event": MALFORMED, "line": "".join(letter if letter.isprintable() else "?" for letter in line[:200].strip())}


def _checked(event: dict) -> dict | None:
    kind = event.get("event")
    fields = EVENTS.get(kind) if isinstance(kind, str) else None
    if fields is None:
        return None
    kept = {"event": kind}
    for name, check in fields.items():
        value = event.get(name, _DEFAULTS.get((kind, name)))
        if not check(value):
            return None
        # Blender's texts end at a zero byte, or refuse it.
        kept[name] = value.replace("\0", "?") if isinstance(value, str) and name != "id" else value
    return kept


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number")


def are_inside(files: list[str] | tuple[str, ...], folder: str) -> bool:
    """Whether all files lie in a folder, links followed. Results from anywhere else are refused."""
    try:
        home = Path(os.path.realpath(folder))
        return all(home in Path(os.path.realpath(file)).parents for file in files)
    except (OSError, ValueError):
        return False
