"""Words heard wrong by our encoder and by PocketSphinx, clean, in noise and in a room, with seconds of each."""

from __future__ import annotations

from ..comparison import EARS, as_dict, compare, sentences_to_hear
from ..conditions import NAMES
from .context import VOICES, Context, Tell


def run(context: Context, tell: Tell) -> dict:
    """See `backend.evaluation.comparison.as_dict`. Raises UserError where a speech engine is missing."""
    texts = sentences_to_hear(60)[:: 8 if context.quick else 2]  # PocketSphinx takes most of the time
    ears = dict(zip(EARS, (context.generator.encoder, context.sphinx), strict=True))
    return as_dict(compare(ears, texts, VOICES, NAMES, tell, speak=context.speak)) | {"sentences": len(texts)}
