"""The cascade PocketSphinx, then text twin, against the model that hears for itself: probes passed and seconds a request."""

from __future__ import annotations

from ..cascade import WAYS, Cascade, as_dict, compare
from ..probes import PROBES
from .context import VOICES, Context, Tell


def run(context: Context, tell: Tell) -> dict:
    """See `backend.evaluation.cascade.as_dict`. Raises UserError where a speech engine is missing."""
    probes = PROBES[:: 8 if context.quick else 2]
    ways = dict(zip(WAYS, (context.generator, Cascade(context.sphinx, context.generator)), strict=True))
    found = compare(ways, VOICES, (0,), tell, probes=probes, conditions=("clean", "noise"), speak=context.speak)
    return {"ways": as_dict(*found), "probes": len(probes)}
