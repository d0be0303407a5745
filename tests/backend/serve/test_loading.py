"""What has to be settled before torch is imported, and that an interrupt waits until it is."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backend.packs.pack import WEIGHTS

ROOT = Path(__file__).parents[3]
CODE = """
import os, signal, sys, threading
from backend.serve.loading import import_torch

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


@pytest.mark.slow
@pytest.mark.skipif(not (WEIGHTS / "open" / "pack.json").exists(), reason="the pack of weights is not there yet")
@pytest.mark.parametrize("chosen", [None, "77"])
def test_waiting_threads_soon_sleep_unless_the_user_wants_otherwise(chosen):
    """The count is in the environment when torch, and with it OpenMP, comes in; they look at it only then."""
    code = (
        "import os, sys, importlib.abc\n"
        "class Look(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'torch': print(os.environ.get('GOMP_SPINCOUNT'), os.environ.get('KMP_BLOCKTIME'))\n"
        "sys.meta_path.insert(0, Look())\n"
        "from backend.serve.loading import load_generator; load_generator(device='cpu')\n"
    )
    environment = {name: value for name, value in os.environ.items() if name not in ("GOMP_SPINCOUNT", "KMP_BLOCKTIME")}
    if chosen:
        environment["GOMP_SPINCOUNT"] = chosen
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=True
    )
    assert done.stdout.splitlines()[0] == f"{chosen or '10000'} 0"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_waits_until_torch_is_imported(number) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(number=int(number))], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.split("\n")[:2]) == (0, ["handled True", "stopped True"]), done.stderr
