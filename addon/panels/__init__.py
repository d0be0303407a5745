"""What is drawn in the 3D viewport's sidebar. `CLASSES` is registered by the add-on's `__init__`, in the order
drawn."""

from . import main, options, progress, result

CLASSES = (*main.CLASSES, *progress.CLASSES, *result.CLASSES, *options.CLASSES)
