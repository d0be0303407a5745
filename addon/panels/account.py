"""What became of every content word and number of an instruction, each with a mark.

Done words share a line with a check mark; each other word has its own: a wave for what is done nearly, a cross for what is not.
"""

from __future__ import annotations

import bpy

from ..translations import iface_
from .layout import paragraph

# state -> icon, sentence
_MARKS = {
    "nearly": ("IPO_SINE", "Nearly: “{}” as “{}”"),
    "not done": ("X", "Not done: “{}”"),
    "not known": ("X", "Not known: “{}”"),
}
_NUMBERS = {
    "turn": "Turn {} degrees: {}",
    "way": "Go {} m: {}",
    "footfalls": "Take {} steps: {}",
    "repetitions": "Do it {} times: {}",
    "seconds": "Take {} s: {}",
}


def draw_account(
    layout: bpy.types.UILayout, context: bpy.types.Context, words: list[dict], reached: list[dict] | None = None
) -> None:
    """Draw the words, and of every number that was asked for what the motion came to."""
    words, reached = _whole(words, "text", "state", "by", "unsure"), _whole(reached or [], "name", "asked", "got", "met")
    done = [_shown(word) for word in words if word["state"] == "done"]
    if done:
        paragraph(layout, context, iface_("Done: {}", ", ".join(done)), icon="CHECKMARK")
    for word in words:
        if word["state"] in _MARKS:
            icon, said = _MARKS[word["state"]]
            stands_for = [iface_(word["by"])] if word["state"] == "nearly" else []
            paragraph(layout, context, iface_(said, _shown(word), *stands_for), icon=icon)
    for number in reached:
        if number["name"] in _NUMBERS:
            said = iface_(_NUMBERS[number["name"]], f"{abs(number['asked']):g}", f"{abs(number['got']):.3g}")
            paragraph(layout, context, said, icon="CHECKMARK" if number["met"] else "X")


def _whole(rows: object, *names: str) -> list[dict]:
    """The rows that have all these values; a file's properties may have been changed by others."""
    return [row for row in rows if isinstance(row, dict) and all(name in row for name in names)] if isinstance(rows, list) else []


def _shown(word: dict) -> str:
    """A word, with a question mark where it was heard badly."""
    return word["text"] + ("?" if word["unsure"] else "")
