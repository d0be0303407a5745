"""What the user can do, one idea a file. `CLASSES` is registered by the add-on's `__init__`.

Operators check, ask and report; the work itself is done by the other rooms.
"""

from . import (
    apply_motion,
    batch,
    bone_map,
    character,
    clips,
    direct,
    doctor,
    export_motion,
    generate,
    instructions,
    microphones,
    motion_files,
    push_down,
    recall,
    record,
    regenerate,
    requests,
    runtime,
    smplx_body,
    takes,
    tweak,
    variations,
)

CLASSES = (
    *record.CLASSES,
    *microphones.CLASSES,
    *takes.CLASSES,
    *character.CLASSES,
    *smplx_body.CLASSES,
    *bone_map.CLASSES,
    *generate.CLASSES,
    *requests.CLASSES,
    *apply_motion.CLASSES,
    *motion_files.CLASSES,
    *export_motion.CLASSES,
    *regenerate.CLASSES,
    *variations.CLASSES,
    *recall.CLASSES,
    *instructions.CLASSES,
    *direct.CLASSES,
    *batch.CLASSES,
    *tweak.CLASSES,
    *clips.CLASSES,
    *push_down.CLASSES,
    *doctor.CLASSES,
    *runtime.CLASSES,
)
