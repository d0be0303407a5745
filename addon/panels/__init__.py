"""What is drawn in the 3D viewport's sidebar, in menus and in the preferences, one panel a file.

`CLASSES` is registered by the add-on in the order drawn. What a button does is in `operators`.
"""

from . import (
    batch,
    doctor,
    drop,
    generate,
    history,
    ik,
    main,
    menus,
    options,
    placement,
    regenerate,
    result,
    rig,
    smplx_body,
    takes,
    timeline,
    tweak,
)

CLASSES = (
    *main.CLASSES,
    *takes.CLASSES,
    *main.PARTS,
    *generate.CLASSES,
    *result.CLASSES,
    *tweak.CLASSES,
    *regenerate.CLASSES,
    *history.CLASSES,
    *rig.CLASSES,
    *smplx_body.CLASSES,
    *ik.CLASSES,
    *placement.CLASSES,
    *timeline.CLASSES,
    *batch.CLASSES,
    *options.CLASSES,
    *doctor.CLASSES,
    *drop.CLASSES,
    *menus.CLASSES,
)

__all__ = ("CLASSES", "menus")
