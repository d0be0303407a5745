"""Semantic probes: instructions, each judged by a kinematic measurement of the motion.

`instructions` lists them, from the files of the topics (`locomotion`, `athletics`, `actions`, `workout`, `work`, `sports` ...).
`travel`, `legs`, `floor`, `gestures`, `hands` and `places` judge what `signals` measures, and so do the newer topics themselves.
`runner` asks, `results` sums up, `command` is `evaluate probes`. Nothing here knows a model.
"""

from .instructions import PROBES, Probe
from .signals import Signals
from .verdict import Verdict

__all__ = ["PROBES", "Probe", "Signals", "Verdict"]
