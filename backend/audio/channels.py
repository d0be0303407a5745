"""Several channels become one: their mean, or the louder one where they cancel."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

BLOCK = 1 << 18  # samples decoded at once, of all channels together
# Share of the power that the mean of unrelated channels has, below which they cancel: two of the same level correlate by less than
# -0.5, as where one microphone is wired the other way round.
CANCELLING = 0.5


class Block(NamedTuple):
    """Decoded samples (n, channels) float64, and their rate in Hz.

    ``stated``: seconds of the whole recording by its header, if it says."""

    samples: np.ndarray
    rate: int
    stated: float | None


class Mixer:
    """Mixes blocks down, and finds out whether that was right.

    Attributes:
        channel: the one to take; None averages all.
    """

    def __init__(self, channel: int | None = None) -> None:
        self.channel = channel
        self._count = 0
        self._sums: np.ndarray = np.zeros((2, 2))  # of the channels and, last, their mean: values and squares

    def mix(self, samples: np.ndarray) -> np.ndarray:
        """Samples (n, channels) -> (n,)."""
        if self.channel is not None:
            return np.ascontiguousarray(samples[:, min(self.channel, samples.shape[1] - 1)])
        mean = samples.mean(axis=1)
        if samples.shape[1] > 1:
            both = np.column_stack([samples, mean])
            if both.shape[1] != self._sums.shape[1]:  # the first block, or a stream that changes its channels
                self._sums, self._count = np.zeros((2, both.shape[1])), 0
            self._sums += both.sum(axis=0), np.square(both).sum(axis=0)
            self._count += len(both)
        return mean

    @property
    def cancelled_channel(self) -> int | None:
        """The loudest channel, if the mean that was taken is quieter than chance would make it.

        Else None."""
        if not self._count:
            return None
        values, squares = self._sums
        power = squares - values**2 / self._count  # without the offset
        channels = power[:-1]
        if not np.isfinite(power).all() or power[-1] >= CANCELLING * channels.sum() / len(channels) ** 2:
            return None
        return int(channels.argmax())
