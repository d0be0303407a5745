"""Ctrl-C while torch is being imported: heard when it is there."""

import signal
import subprocess
import sys

import pytest

from tests.backend.client import REPOSITORY

CODE = """
import os, signal, sys, threading
from backend.serve.interrupts import import_torch

def seen(*_):
    print("handled", hasattr(sys.modules.get("torch"), "compile"))
    raise KeyboardInterrupt

signal.signal({number}, seen)
threading.Timer(0.1, os.kill, [os.getpid(), {number}]).start()
try:
    import_torch()
except KeyboardInterrupt:
    print("stopped", signal.getsignal({number}) is seen)
import_torch()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_waits_until_torch_is_imported(number) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(number=int(number))], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.split("\n")[:2]) == (0, ["handled True", "stopped True"]), done.stderr
