"""Importing torch so that Ctrl-C and SIGTERM wait until it is there.

Its C++ half is set up while it is imported, and an exception that Python raises in the middle of that ends the whole process with
"terminate called", exit code -6 and no word of what was stopped. What is done about an interrupt is the caller's matter.
"""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interrupts_later() -> Iterator[None]:
    """Inside, SIGINT and SIGTERM are only noted; the handlers that stood before hear of them at its end."""
    if threading.current_thread() is not threading.main_thread():  # signals are handled in that one
        yield
        return
    noted: list[int] = []
    before = {number: signal.signal(number, lambda number, _: noted.append(number)) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in noted[:1]:
            signal.raise_signal(number)


def import_torch() -> None:
    """Import torch, uninterrupted, where nobody has yet."""
    if "torch" not in sys.modules:
        with interrupts_later():
            import torch  # noqa: F401
