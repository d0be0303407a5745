"""What we add to paper A, each with a switch, so that every number can be given with and without it.

The paper's own stages are `backend.model.audio_to_motion`. With all of this off, a request for a recording is its `forward`, with a
length from our predictor. What only some requests need has no switch: windows come with motions over ten seconds, editing with a
motion to edit, refusals with a confidence that is asked for (``force``).
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Ours:
    """Switches of a `backend.generation.pipeline.Generator`; everything is on unless an experiment says otherwise.

    Attributes:
        clauses: a sentence is taken apart into clauses, each a step with a condition of its own; else the whole is one step.
        durations: seconds that are said ("for five seconds") decide the length of a step; else it is always drawn.
        meaning: the meaning read from the condition is told to the transformers as slots.
        body_parts: a gesture leaves the legs of who sits as they are, and two things at once are made in two passes, legs first.
        rejection_sampling: several motions are drawn and the best is taken; else the first.
        counting: repetitions are counted: a motion with the wrong number is mended, or drawn again.
        envelope: a motion outside of what was performed of its action is drawn again.
        smoothing: the decoder's tremor is taken away.
        planting: standing feet are held in place.
    """

    clauses: bool = True
    durations: bool = True
    meaning: bool = True
    body_parts: bool = True
    rejection_sampling: bool = True
    counting: bool = True
    envelope: bool = True
    smoothing: bool = True
    planting: bool = True

    @classmethod
    def without(cls, *names: str) -> Ours:
        """Everything but these switches of `NAMES`. Raises ValueError for another name."""
        unknown = sorted(set(names) - set(NAMES))
        if unknown:
            raise ValueError(f"no such switch: {', '.join(unknown)}; there are {', '.join(NAMES)}")
        return cls(**dict.fromkeys(names, False))


NAMES = tuple(field.name for field in fields(Ours))
EVERYTHING = Ours()
PAPER_ALONE = Ours.without(*NAMES)
