"""Semantic probes: instructions, each judged by a kinematic measurement of the motion.

`instructions` lists them (from `locomotion`, `actions` and `compositions`). `travel`, `legs`, `floor`, `gestures` and `hands` judge
what `signals` measures. `runner` asks, `results` sums up, `command` is `evaluate probes`. Nothing here knows a model.
"""

from .instructions import PROBES, Probe
from .signals import Signals
from .verdict import Verdict

__all__ = ["PROBES", "Probe", "Signals", "Verdict"]
