"""What is drawn in the 3D viewport's sidebar. `CLASSES` is registered by the add-on's `__init__`."""

from . import main, options

CLASSES = (*main.CLASSES, *options.CLASSES)
