"""Semantic probes: spoken instructions, each judged by a kinematic measurement of the motion that comes back.

`instructions` lists them, `signals` measures, `travel`, `lower` and `upper` judge, `runner` asks and reports.
"""

from .instructions import PROBES, Probe
from .signals import Signals
from .verdict import Verdict

__all__ = ["PROBES", "Probe", "Signals", "Verdict"]
