"""Texts in the user's language. The code is written in English; `LOCALE.json` beside this file has what it is in another.

Blender translates by itself what stands in the code as it is shown: names of panels, operators and properties, their tooltips,
and literal labels. `iface_`, `tip_` and `rpt_` are for what is put together while running, each asking the user's preference of
that kind (interface, tooltips, reports). The first argument is the text with ``{}`` for its variable parts, which follow::

    iface_("Variation {} of {}", number, count)

Sentences of the backend, and of parts that know no bpy, arrive finished. Given alone, such a sentence is recognized by the
texts of the catalogues, and its variable parts are kept: ``rpt_(str(error))``. So protocol and logs stay English.

A new language is one more file, named as Blender names its locale; a test says what is missing or wrong in it.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import bpy

FOLDER = Path(__file__).parent
# Names of operators are looked up in a context of their own.
CONTEXTS = ("*", "Operator")
FEWEST = 6  # letters of its own that a text needs to be recognized by


@functools.cache
def catalogues() -> dict[str, dict[str, str]]:
    """Locale -> English text -> translation, as the files say."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def register() -> None:
    """Give Blender the catalogues. Its own translations come first where it has the same text."""
    texts = {
        locale: {(context, english): own for english, own in catalogue.items() for context in CONTEXTS}
        for locale, catalogue in catalogues().items()
    }
    bpy.app.translations.register(__package__, texts)


def unregister() -> None:
    """Take them back."""
    bpy.app.translations.unregister(__package__)


def iface_(text: str, *values: object) -> str:
    """``text`` for a label: translated, then with ``values`` in place of each ``{}``; without values, a finished sentence."""
    return _translated(bpy.app.translations.pgettext_iface, text, values)


def tip_(text: str, *values: object) -> str:
    """The same for a tooltip."""
    return _translated(bpy.app.translations.pgettext_tip, text, values)


def rpt_(text: str, *values: object) -> str:
    """The same for a message or the status bar."""
    return _translated(bpy.app.translations.pgettext_rpt, text, values)


def sentences(notes: Iterable[str]) -> str:
    """What there is to tell, each as a sentence in the user's language; the last has no period, as labels have none."""
    told = [rpt_(note) for note in notes if note]
    return ". ".join(note[:1].upper() + note[1:] for note in told)


def _translated(gettext: Callable[[str], str], text: str, values: tuple) -> str:
    if values:
        return _filled(gettext(text), text, values)
    found = gettext(text) if text else text
    if found == text:
        template, parts = recognized(text)
        own = gettext(template) if template else template
        if own != template:
            found = _filled(own, template, tuple(_part(gettext, part) for part in parts))
    if found == text and text.endswith("."):  # reasons in tooltips have none, in panels they do
        own = _translated(gettext, text[:-1], ())
        found = text if own == text[:-1] else own + "."
    return found


def _part(gettext: Callable[[str], str], part: str) -> str:
    # Single words are names of the user's things and never ours.
    return _translated(gettext, part, ()) if " " in part else part


def _filled(own: str, english: str, values: tuple) -> str:
    try:
        return own.format(*values)
    except (IndexError, KeyError, ValueError):  # a mistake in a catalogue does not take the sentence away
        return english.format(*values)


@functools.lru_cache(maxsize=2000)
def recognized(sentence: str) -> tuple[str, tuple[str, ...]]:
    """Which text of the catalogues a finished English sentence was made from, and its variable parts; ("", ()) where none.

    Where several fit, the one with the most words of its own.
    """
    for template, pattern in _patterns():
        found = pattern.fullmatch(sentence)
        if found:
            return template, found.groups()
    return "", ()


@functools.cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    texts = {english for catalogue in catalogues().values() for english in catalogue if "{}" in english}
    texts = {text for text in texts if len(re.findall("[A-Za-z]", text)) >= FEWEST}
    longest_first = sorted(texts, key=lambda text: (-len(text.replace("{}", "")), text))
    return [(text, re.compile("(.+)".join(map(re.escape, text.split("{}"))), re.DOTALL)) for text in longest_first]
