"""What the user can do, one idea a file. `CLASSES` is registered by the add-on's `__init__`."""

from . import apply_motion, cancel, clear_message, create_character, generate, select_audio

CLASSES = (
    *select_audio.CLASSES,
    *create_character.CLASSES,
    *generate.CLASSES,
    *cancel.CLASSES,
    *apply_motion.CLASSES,
    *clear_message.CLASSES,
)
