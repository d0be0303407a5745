"""What an action stores of a motion: the raw result, its place, tweaks, the last recipe.

It is a property of the action, so it is saved, copied, appended and undone together with its keys. An action may hold
several clips; a later one lies over the earlier ones where they meet, like strips of a sequencer.

No postponed annotations here: Blender reads the properties from them.
"""

import contextlib
import json
from collections.abc import Callable, Iterator

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    StringProperty,
)

from ..tweak.pipeline import Tweaks
from ..tweak.style import MENU, tempo
from ..tweak.trajectory import Spot
from .key_digest import followed_range, followed_ranges

KEPT_SECONDS = 0.5  # of its neighbours that a motion keeps with its raw result, to be smoothed and joined as a part of them
REDUCTIONS = (
    ("NONE", "Every Frame", "A key on every frame, exactly as generated"),
    ("LIGHT", "Light", "Fewer keys: joints stay within 1 degree and 3 mm"),
    ("MIDDLE", "Middle", "Few keys: joints stay within 3 degrees and 1 cm"),
    ("STRONG", "Strong", "Fewest keys, for blocking out: joints stay within 8 degrees and 3 cm"),
)
NEW_REDUCTION = "MIDDLE"  # of new clips; the property's own default has to stay what clips of older files have
ROOTS = (
    ("PELVIS", "On Pelvis", "The pelvis bone carries the body over the floor"),
    ("ROOT", "On Root Bone", "The way over the floor is moved to the bone at the root of the armature"),
    ("IN_PLACE", "In Place", "The character stays where it starts, as games and treadmills want it"),
)
_listeners: list = []  # `rewriting` registers what rewrites a clip, since that needs this module
_movers: list = []  # the same for what moves a clip
_quiet: list[None] = []  # not empty while settings are changed without the keys following


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Settings changed in here do not rewrite keys."""
    _quiet.append(None)
    try:
        yield
    finally:
        _quiet.pop()


def _changed(clip: bpy.types.PropertyGroup, context: bpy.types.Context) -> None:
    if not _quiet:
        for listener in _listeners:
            listener(context, clip)


def _get_frame(clip: bpy.types.PropertyGroup) -> int:
    return followed_range(clip)[0]


def _set_frame(clip: bpy.types.PropertyGroup, frame: int) -> None:
    for mover in _movers:
        mover(clip, frame)


def note_change(action: bpy.types.Action, uid: str, text: str) -> None:
    """Keep what the user should know of the last change with its clip.

    What earlier changes said is no longer so.
    """
    for clip in action.voice_to_motion.clips:
        clip.note = text if clip.uid == uid else ""


def listen_to_moves(function: Callable[[bpy.types.PropertyGroup, int], None] | None) -> None:
    """Call ``function(clip, frame)`` to move a clip; None calls nobody."""
    _movers[:] = [function] if function else []


def listen(function: Callable[[bpy.types.Context, bpy.types.PropertyGroup], None] | None) -> None:
    """Call ``function(context, clip)`` when a clip's setting changes; None calls nobody."""
    _listeners[:] = [function] if function else []


class VoiceToMotionClip(bpy.types.PropertyGroup):
    """One generated motion in an action. ``name`` is what was heard."""

    raw: StringProperty(options={"HIDDEN"})  # see `tweak.archive`
    source: StringProperty(options={"HIDDEN"})  # JSON: everything that is needed to make it again
    written: StringProperty(options={"HIDDEN"})  # JSON of the recipe the keys were made with, see `recipe.Recipe`
    written_keys: StringProperty(
        options={"HIDDEN"}
    )  # JSON: keys on a few channels, by which moved ones are found, see `moved_keys`
    note: StringProperty(options={"HIDDEN"})  # what the user should know of how it was written last, in the user's language
    edits: StringProperty(options={"HIDDEN"})  # JSON: keys made by hand, see `tweak.edits`
    stands: StringProperty(options={"HIDDEN"})  # JSON: `rigs.carriers.CarrierPose`; at rest where empty
    pose: StringProperty(options={"HIDDEN"})  # JSON: data path -> value, the pose it starts from where no keys are before it
    start: IntProperty(name="First Frame", options={"HIDDEN"})
    length: IntProperty(name="Frames", options={"HIDDEN"})
    uid: StringProperty(options={"HIDDEN"})  # by which it is found again: places in the list change
    over: StringProperty(options={"HIDDEN"})  # uid of the clip that it lies over, where it is a regenerated range
    strip: StringProperty(options={"HIDDEN"})  # name of its sound strip in the sequencer
    cut: BoolProperty(options={"HIDDEN"})  # it begins at its own place, without a join to what is before
    most: IntProperty(options={"HIDDEN"})  # frames after which something else was to begin; 0: as many as it takes
    room: IntProperty(options={"HIDDEN"})  # frames before keys that belong to no clip; 0: as many as it takes
    fits_range: BoolProperty(options={"HIDDEN"})  # its length is that of the range it replaced
    lead: IntProperty(options={"HIDDEN"})  # rows of the raw result before and after the clip, see `recipe.Recipe`
    tail: IntProperty(options={"HIDDEN"})
    has_start: BoolProperty(options={"HIDDEN"})
    has_end: BoolProperty(options={"HIDDEN"})
    start_spot: FloatVectorProperty(size=3, options={"HIDDEN"})  # x, z in metres of SMPL-X space, yaw
    end_spot: FloatVectorProperty(size=3, options={"HIDDEN"})

    frame: IntProperty(
        name="First Frame",
        description="Frame at which this motion begins. What comes after it makes room",
        get=_get_frame,
        set=_set_frame,
    )
    muted: BoolProperty(
        name="Mute",
        description="Leave this motion out. The character holds its pose meanwhile, and what follows goes on from there",
        update=_changed,
    )
    trim_start: IntProperty(
        name="Trim Start", description="Frames left out at the beginning", default=0, min=0, soft_max=300, update=_changed
    )
    trim_end: IntProperty(
        name="Trim End", description="Frames left out at the end", default=0, min=0, soft_max=300, update=_changed
    )
    repeats: IntProperty(
        name="Loop",
        description="How many times the motion is done, each going on from the last",
        default=1,
        min=1,
        max=50,
        update=_changed,
    )
    automatic_join: BoolProperty(
        name="Automatic Transition",
        description="Take as long to come out of what is before as the distance of the poses asks for",
        default=True,
        update=_changed,
    )
    speed: FloatProperty(
        name="Speed",
        description="How many times as fast as generated. Markers of the action move along",
        default=1.0,
        min=0.25,
        max=4.0,
        precision=2,
        update=_changed,
    )
    mirror: BoolProperty(name="Mirror", description="Swap left and right", update=_changed)
    strength: FloatProperty(
        name="Strength",
        description="Exaggerate or soften every movement relative to the mean pose of this motion",
        default=1.0,
        min=0.0,
        max=2.0,
        subtype="FACTOR",
        update=_changed,
    )
    style: EnumProperty(
        name="Style",
        description="The manner in which the motion is done: posture, pace, size of movements. Feet that stand go on standing",
        items=MENU,
        update=_changed,
    )
    style_strength: FloatProperty(
        name="Style Strength",
        description="How much of the style. 0 leaves the motion as it is, 2 is twice as much",
        default=1.0,
        min=0.0,
        max=2.0,
        subtype="FACTOR",
        update=_changed,
    )
    smoothing: FloatProperty(
        name="Smoothing",
        description="Remove movements shorter than about this time",
        default=0.0,
        min=0.0,
        max=2.0,
        step=5,
        precision=2,
        subtype="TIME_ABSOLUTE",
        update=_changed,
    )
    foot_lock: FloatProperty(
        name="Foot Lock",
        description="Hold feet where they stand. 0 leaves them as generated, 1 holds them",
        default=0.0,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
        update=_changed,
    )
    reduction: EnumProperty(
        name="Keys",
        description="How many keys are kept. Always chosen anew from the raw result",
        items=REDUCTIONS,
        update=_changed,
    )
    root: EnumProperty(name="Root Motion", description="Which bone carries the way over the floor", items=ROOTS, update=_changed)
    root_yaw: BoolProperty(name="With Turns", description="Turning left and right goes the same way as the path", update=_changed)
    blend_in: IntProperty(
        name="Blend In",
        description="Frames within which the motion comes out of what is before it",
        default=15,
        min=0,
        max=120,
        update=_changed,
    )
    blend_out: IntProperty(
        name="Blend Out",
        description="Frames within which the motion goes over into the keys after it",
        default=15,
        min=0,
        max=120,
        update=_changed,
    )

    # What was measured when it was written last.
    skate_before: FloatProperty(options={"HIDDEN"})
    skate_after: FloatProperty(options={"HIDDEN"})
    keys: IntProperty(options={"HIDDEN"})
    all_keys: IntProperty(options={"HIDDEN"})
    degrees: FloatProperty(options={"HIDDEN"})
    centimetres: FloatProperty(options={"HIDDEN"})
    by_hand: IntProperty(options={"HIDDEN"})

    @property
    def last(self) -> int:
        """Its last frame."""
        return self.start + self.length - 1

    def tweaks(self) -> Tweaks:
        """The settings as `tweak.pipeline` takes them."""
        return Tweaks(
            speed=self.speed * tempo(self.style, self.style_strength),
            mirror=self.mirror,
            strength=self.strength,
            style=self.style,
            style_strength=self.style_strength,
            smoothing=self.smoothing,
            foot_lock=self.foot_lock,
            reduction=self.reduction,
            root=self.root,
            root_yaw=self.root_yaw,
            repeats=self.repeats,
            start=Spot(*self.start_spot) if self.has_start else None,
            end=Spot(*self.end_spot) if self.has_end else None,
        )

    def stored(self, name: str) -> dict | list:
        """One of the JSON properties; empty where it is empty or damaged."""
        try:
            value = json.loads(getattr(self, name) or "{}")
        except ValueError:
            return {}
        return value if isinstance(value, dict | list) else {}


def _get_index(clips: bpy.types.PropertyGroup) -> int:
    clip = clip_at(clips.id_data, bpy.context.scene.frame_current)
    return list(clips.clips).index(clip) if clip is not None else -1


def _set_index(clips: bpy.types.PropertyGroup, index: int) -> None:
    if 0 <= index < len(clips.clips):
        bpy.context.scene.frame_set(clips.clips[index].start)


class VoiceToMotionClips(bpy.types.PropertyGroup):
    """`action.voice_to_motion`: the clips of an action, the uppermost last."""

    clips: CollectionProperty(type=VoiceToMotionClip)
    index: IntProperty(name="Clip", description="Click to go to the first frame of this motion", get=_get_index, set=_set_index)


def clip_at(action: bpy.types.Action | None, frame: float) -> VoiceToMotionClip | None:
    """The clip at a frame; the uppermost where several meet, the nearest where none is."""
    clips = list(action.voice_to_motion.clips) if action is not None else []
    if not clips:
        return None
    ranges = followed_ranges(action)
    inside = [i for i, (first, last) in enumerate(ranges) if first <= frame <= last and not clips[i].muted]
    nearest = min(reversed(range(len(clips))), key=lambda index: max(ranges[index][0] - frame, frame - ranges[index][1]))
    return clips[inside[-1] if inside else nearest]


def shown_clip(character: bpy.types.Object | None, frame: float) -> VoiceToMotionClip | None:
    """The clip a character shows at a frame: of its action, else of the uppermost strip there."""
    data = character.animation_data if character is not None else None
    if data is None:
        return None
    if data.action is not None:
        return clip_at(data.action, frame)
    strips = [strip for track in data.nla_tracks for strip in track.strips if strip.action is not None]
    there = [strip for strip in strips if strip.frame_start <= frame <= strip.frame_end] or strips
    return next((clip for strip in reversed(there) if (clip := clip_at(strip.action, frame)) is not None), None)


CLASSES = (VoiceToMotionClip, VoiceToMotionClips)
