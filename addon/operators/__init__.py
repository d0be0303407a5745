"""What the user can do, one idea a file. `CLASSES` is registered by the add-on's `__init__`."""

from . import (
    apply_motion,
    apply_variations,
    bone_map,
    cancel,
    clear_message,
    create_character,
    generate,
    ik,
    microphones,
    push_down,
    recall,
    record,
    select_audio,
    step_variation,
    takes,
    tweak,
)

CLASSES = (
    *select_audio.CLASSES,
    *record.CLASSES,
    *microphones.CLASSES,
    *takes.CLASSES,
    *create_character.CLASSES,
    *bone_map.CLASSES,
    *ik.CLASSES,
    *generate.CLASSES,
    *cancel.CLASSES,
    *apply_motion.CLASSES,
    *apply_variations.CLASSES,
    *step_variation.CLASSES,
    *recall.CLASSES,
    *tweak.CLASSES,
    *push_down.CLASSES,
    *clear_message.CLASSES,
)
