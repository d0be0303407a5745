"""A motion's source: everything needed to make it again, for custom properties and JSON."""

from __future__ import annotations

import json
import time
from pathlib import Path

import bpy

from ..installation import add_on_version
from ..motion.files import MotionData
from ..scene import LARGEST_SEED, scene_fps
from .properties import VoiceToMotionClip


def motion_source(motion: MotionData, scene: bpy.types.Scene, audio: str, request: str) -> dict:
    """The source of a motion that is put on a character.

    Args:
        audio: path of the recording, empty where it was typed or is known from the file.
        request: what was asked of the backend, as JSON.
    """
    try:
        asked = json.loads(request or "{}")
    except ValueError:
        asked = {}
    return {
        "heard": motion.heard,
        "model": motion.model,
        "weights_licence": motion.weights_licence,
        "audio": audio or motion.audio,
        "text": str(asked.get("text") or ""),
        "typed": bool(asked.get("text")) and not asked.get("audio"),
        # As text: a seed may be larger than the 32 bits of an integer property.
        "seed": str(motion.seed) if abs(motion.seed) > LARGEST_SEED else motion.seed,
        "guidance": _number_or(asked.get("guidance"), "automatic"),
        "follow": _number_or(asked.get("follow"), "unknown"),
        "seconds": _number_or(asked.get("seconds"), "automatic"),
        "confidence": _number_or(asked.get("confidence"), "unknown"),
        "words": asked.get("words") or [],
        "reached": [one for one in asked.get("reached") or [] if isinstance(one, dict) and one.get("seed") == motion.seed],
        "made": time.strftime("%Y-%m-%d %H:%M"),
        "root": scene.voice_to_motion_placement.root,
        "root_yaw": scene.voice_to_motion_placement.root_yaw,
        "fps": motion.fps,
        "frames": len(motion.pelvis),
        "scene_fps": scene_fps(scene),
        "add_on": add_on_version(),
    }


def instruction_of(clip: VoiceToMotionClip) -> dict[str, str]:
    """The instruction a clip was made from, as fields of a request; empty where it is not known.

    That is its text, or its recording, or where that is gone what was heard in it.
    """
    source = clip.stored("source")
    source = source if isinstance(source, dict) else {}
    text, audio, heard = (str(source.get(name) or "") for name in ("text", "audio", "heard"))
    if not text and audio and Path(bpy.path.abspath(audio)).is_file():
        return {"audio": bpy.path.abspath(audio)}
    return {"text": text or heard} if text or heard else {}


def _number_or(value: object, otherwise: str) -> float | str:
    return float(value) if isinstance(value, int | float) else otherwise
