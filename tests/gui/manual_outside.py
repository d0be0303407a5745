"""The other side of manual_session.py: the trained backend, as for real_session.py, and more recordings, spoken by flite."""

import shutil
import subprocess
import sys
from pathlib import Path

from real_outside import main

SPOKEN = {"jacks": "do three jumping jacks", "turn": "turn around and walk back"}

if shutil.which("flite"):
    for name, words in SPOKEN.items():
        subprocess.run(["flite", "-voice", "slt", "-t", words, "-o", str(Path(sys.argv[1]) / f"{name}.wav")], check=True)
main()
