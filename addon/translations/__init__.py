"""Translations.

The code is in English; `LOCALE.json` beside this file maps its texts to another language.

Blender itself translates literal texts: names of panels, operators and properties, their tooltips, and labels. `iface_`, `tip_`
and `rpt_` translate texts with variable parts, each if the user's preferences translate that kind (interface, tooltips,
reports). The first argument is the text with ``{}`` for its variable parts, which follow::

    iface_("Variation {} of {}", number, count)

Sentences of the backend, and of modules without bpy, arrive finished. Given alone, such a sentence is matched against the
texts of the catalogues and keeps its variable parts: ``rpt_(str(error))``. So protocol and logs stay English.

A new language is one more file, named by Blender's locale; a test says what it lacks.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import bpy

FOLDER = Path(__file__).parent
# Blender looks up names of operators in their own context.
CONTEXTS = ("*", "Operator")
FEWEST = 6  # letters that a text needs to be matched by


@functools.cache
def catalogues() -> dict[str, dict[str, str]]:
    """Locale -> English text -> translation."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def register() -> None:
    """Give Blender the catalogues; for texts it knows, its own translations win."""
    texts = {
        locale: {(context, english): own for english, own in catalogue.items() for context in CONTEXTS}
        for locale, catalogue in catalogues().items()
    }
    bpy.app.translations.register(__package__, texts)


def unregister() -> None:
    """Take the catalogues back."""
    bpy.app.translations.unregister(__package__)


def iface_(text: str, *values: object) -> str:
    """Translate a label, with ``values`` for each ``{}``; without values, a finished sentence."""
    return _translated(bpy.app.translations.pgettext_iface, text, values)


def tip_(text: str, *values: object) -> str:
    """Translate a tooltip; see `iface_`."""
    return _translated(bpy.app.translations.pgettext_tip, text, values)


def rpt_(text: str, *values: object) -> str:
    """Translate a message or status; see `iface_`."""
    return _translated(bpy.app.translations.pgettext_rpt, text, values)


def sentences(notes: Iterable[str]) -> str:
    """Notes as translated sentences, each once; the last has no period, as labels have none."""
    told = dict.fromkeys(rpt_(note) for note in notes if note)
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
    if found == text and text.endswith("."):  # the period: reasons have none in tooltips, but in panels
        own = _translated(gettext, text[:-1], ())
        found = text if own == text[:-1] else own + "."
    return found


def _part(gettext: Callable[[str], str], part: str) -> str:
    # Single words are the user's names, never texts of ours.
    return _translated(gettext, part, ()) if " " in part else part


def _filled(own: str, english: str, values: tuple) -> str:
    try:
        return own.format(*values)
    except (IndexError, KeyError, ValueError):  # a faulty catalogue must not lose the sentence
        return english.format(*values)


@functools.lru_cache(maxsize=2000)
def recognized(sentence: str) -> tuple[str, tuple[str, ...]]:
    """The catalogues' text that a sentence was made from, and its variable parts; else ("", ()).

    Of several matches, the longest text.
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
