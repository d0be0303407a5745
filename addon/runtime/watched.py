"""Runs a Python module that ends at once when its standard input closes.

``python -I watched.py [--path X] MODULE ARGUMENTS``

Whoever started this holds the other end of standard input. When that process dies, however it dies, so does this one:
no pip goes on installing behind a set-up that was killed. `--path` puts a folder, or a wheel, before all others on the
module path. Not imported by anything; it runs in the environment's own Python.
"""

import os
import runpy
import sys
import threading


def _end_with_input() -> None:
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    os._exit(143)


def main() -> None:
    """Start the watch, then become the module."""
    arguments = sys.argv[1:]
    if arguments[0] == "--path":
        sys.path.insert(0, arguments[1])
        arguments = arguments[2:]
    threading.Thread(target=_end_with_input, daemon=True).start()
    sys.argv = arguments
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
