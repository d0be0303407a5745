"""What is drawn in the 3D viewport's sidebar and in menus. `CLASSES` is registered by the add-on in the order drawn."""

from . import main, menus, options, progress, result

CLASSES = (*main.CLASSES, *progress.CLASSES, *result.CLASSES, *options.CLASSES)

__all__ = ("CLASSES", "menus")
