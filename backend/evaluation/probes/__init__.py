"""Semantic probes: spoken instructions, each judged by a kinematic measurement of the motion that comes back.

`instructions` lists them (`going`, `doing`, `combined`), `signals` measures, `travel`, `lower`, `floor`, `upper` and `arms` judge,
`runner` asks and `report` reports.
"""

from .instructions import PROBES, Probe
from .signals import Signals
from .verdict import Verdict

__all__ = ["PROBES", "Probe", "Signals", "Verdict"]
