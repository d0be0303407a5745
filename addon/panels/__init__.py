"""What is drawn in the 3D viewport's sidebar and in menus. `CLASSES` is registered by the add-on in the order drawn."""

from . import drop, generate, history, main, menus, options, result, rig, takes

CLASSES = (
    *main.CLASSES,
    *takes.CLASSES,
    *main.PARTS,
    *generate.CLASSES,
    *result.CLASSES,
    *history.CLASSES,
    *rig.CLASSES,
    *options.CLASSES,
    *drop.CLASSES,
)

__all__ = ("CLASSES", "menus")
