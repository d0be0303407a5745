"""The two sealed sets themselves, without showing a sentence of them."""

from __future__ import annotations

from collections import Counter

import pytest

from backend.evaluation.sealed.prompts import SORTS, read_prompts, unspeakable
from backend.evaluation.sealed.seal import open_sealed
from backend.language.kinds import all_kinds

NOT_MADE = 23  # kinds that the sets name and nobody had made on the day of sealing: right is to say so

@pytest.mark.parametrize("name, least", [("voice", 200), ("asks", 300)])
def test_the_sets_are_sealed_and_large(name, least):
    prompts = read_prompts(open_sealed(name))
    counts = Counter(prompt.sort for prompt in prompts)
    assert len(prompts) >= least
    refused = ("no_instruction", "unknown_verb")
    assert all(prompt.refuse == (prompt.sort in refused) for prompt in prompts if prompt.sort != "animator")
    if name == "voice":
        assert not unspeakable(prompts)
    else:
        assert set(counts) == set(SORTS) and min(counts["no_instruction"], counts["unknown_verb"]) >= 30


def test_kinds_that_are_named_are_in_the_vocabulary():
    """A kind that was renamed would count as one that the pack lacks: give `comparing` its new name."""
    named = set()
    for prompt in (*read_prompts(open_sealed("voice")), *read_prompts(open_sealed("asks"))):
        wanted = [each for reading in prompt.readings for step in reading for each in step]
        named |= {kind for each in wanted for kind in each.kinds} | set(prompt.nearly)
        named |= {kind for each in wanted if each.during for kind in each.during.kinds}
    missing = len(named - set(all_kinds()))  # no names, or a failure would show what is in the sets
    assert missing <= NOT_MADE
