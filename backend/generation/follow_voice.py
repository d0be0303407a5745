"""A motion follows how it was said: quickly, or with a raised voice. Ours.

Quickly spoken it goes quickly, a raised voice makes it larger. The changes are those of a style (`motion.styles`) that is made from
the manner of the voice. Typed text is neutral. Where the length of a motion is given, only its size follows.
"""

from __future__ import annotations

import math

from ..audio.prosody import Manner
from ..motion.motion import Motion
from ..motion.styles import change_manner

FOLLOWED = 0.5  # share by default
PACED = 0.8  # power of the pace: twice as fast a voice is a motion 1.7 times as fast
LARGER = 0.45  # logarithm of how much larger arms swing at full effort
QUICKER = 0.12  # logarithm of how much quicker a motion is at full effort


def follow_voice(motion: Motion, manner: Manner, share: float, keeps_length: bool) -> Motion:
    """The motion as fast and as large as the voice asks; ``share`` 0..1 is how much."""
    if share == 0.0 or manner == Manner():
        return motion
    size = math.exp(LARGER * manner.effort)
    tempo = 1.0 if keeps_length else manner.pace**PACED * math.exp(QUICKER * manner.effort)
    row = {
        "tempo": tempo, "stride": 1.0, "drop": 0.0, "lift": size**0.5, "bounce": size**0.5,
        "swing": {"arms": size, "trunk": size**0.6, "head": size**0.6},
    }  # fmt: skip
    return change_manner(motion, row, share)
