"""What we add to paper A, each with a switch, so that numbers can be given without it.

The paper's own stages are `backend.model.audio_to_motion`. With all of this off, a request for a recording is its `forward`, with a
length from our predictor, if the pack goes by the sound. The shipped pack does not (``use_sound`` in its pack.json): its weights
expect the words that the beam search found, so that stays. What only some requests need has no switch: windows come with motions
over ten seconds, editing with a motion to edit, refusals with a confidence that is asked for (``force``).
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Ours:
    """Switches of a `Generator`; everything is on unless an experiment says otherwise.

    Attributes:
        clauses: a sentence is taken apart into clauses, each a step with its own condition; else the whole is one step.
        durations: spoken seconds ("for five seconds") decide the length of a step; else it is always drawn.
        meaning: the transformers are told the meaning that was read from the condition, as slots (packs with a closed condition).
        controls: numbers that were said are told to the transformers, and the path is warped to what is missing.
        body_parts: a gesture leaves seated legs as they are, and two actions at once take two passes, legs first.
        rejection_sampling: several motions are drawn and the best is taken; else the first.
        counting: repetitions are counted: a motion with the wrong number is mended, or drawn again.
        envelope: a motion outside the range of all performances of its action is drawn again.
        quiet_ends: motions are decoded with mirrored tokens beyond their ends, where the decoder twitches.
        smoothing: the decoder's tremor is filtered out.
        planting: standing feet are held in place.
    """

    clauses: bool = True
    durations: bool = True
    meaning: bool = True
    controls: bool = True
    body_parts: bool = True
    rejection_sampling: bool = True
    counting: bool = True
    envelope: bool = True
    quiet_ends: bool = True
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
