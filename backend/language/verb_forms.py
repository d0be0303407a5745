"""Verb forms read back: "walked", "sat" and "swung" are forms of walk, sit and swing.

`english` inflects for the grammar, which says no past tense; people do.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from .english import DOUBLED, inflect_verb

# base -> past tense and, where it differs, participle
_IRREGULAR = {
    "arise": "arose arisen", "awake": "awoke awoken", "be": "was been", "bear": "bore borne", "beat": "beat beaten",
    "become": "became become", "begin": "began begun", "bend": "bent", "bind": "bound", "bite": "bit bitten",
    "blow": "blew blown", "break": "broke broken", "breed": "bred", "bring": "brought", "build": "built", "burst": "burst",
    "buy": "bought", "cast": "cast", "catch": "caught", "choose": "chose chosen", "cling": "clung", "come": "came come",
    "creep": "crept", "cut": "cut", "deal": "dealt", "dig": "dug", "dive": "dove dived", "do": "did done",
    "draw": "drew drawn", "dream": "dreamt", "drink": "drank drunk", "drive": "drove driven", "eat": "ate eaten",
    "fall": "fell fallen", "feed": "fed", "feel": "felt", "fight": "fought", "find": "found", "flee": "fled",
    "fling": "flung", "fly": "flew flown", "forget": "forgot forgotten", "freeze": "froze frozen", "get": "got gotten",
    "give": "gave given", "go": "went gone", "grow": "grew grown", "hang": "hung", "have": "had", "hear": "heard",
    "hide": "hid hidden", "hit": "hit", "hold": "held", "hurt": "hurt", "keep": "kept", "kneel": "knelt",
    "know": "knew known", "lay": "laid", "lead": "led", "lean": "leant", "leap": "leapt", "leave": "left", "lend": "lent",
    "let": "let", "lie": "lay lain", "light": "lit", "lose": "lost", "make": "made", "mean": "meant", "meet": "met",
    "pay": "paid", "put": "put", "quit": "quit", "read": "read", "ride": "rode ridden", "ring": "rang rung",
    "rise": "rose risen", "run": "ran run", "say": "said", "see": "saw seen", "seek": "sought", "send": "sent", "set": "set",
    "shake": "shook shaken", "shine": "shone", "shoot": "shot", "show": "showed shown", "shut": "shut", "sing": "sang sung",
    "sink": "sank sunk", "sit": "sat", "sleep": "slept", "slide": "slid", "sling": "slung", "slink": "slunk",
    "speak": "spoke spoken", "speed": "sped", "spell": "spelt", "spin": "spun", "spit": "spat", "split": "split",
    "spread": "spread", "spring": "sprang sprung", "stand": "stood", "steal": "stole stolen", "stick": "stuck",
    "sting": "stung", "stride": "strode stridden", "strike": "struck", "string": "strung", "sweep": "swept",
    "swim": "swam swum", "swing": "swung", "take": "took taken", "teach": "taught", "tear": "tore torn", "tell": "told",
    "think": "thought", "throw": "threw thrown", "thrust": "thrust", "understand": "understood", "wake": "woke woken",
    "wear": "wore worn", "weave": "wove woven", "weep": "wept", "win": "won", "wind": "wound", "write": "wrote written",
}  # fmt: skip
_PREFIXES = ("over", "out", "under", "up", "back", "mis", "re", "fore")  # "overtook" goes like "took"


class VerbForm(NamedTuple):
    """What a word may be: a verb's "base", "s", "ing", "past" or "participle"."""

    verb: str
    form: str


def past_forms(verb: str) -> tuple[str, str]:
    """Past tense and participle ("swim" -> "swam", "swum")."""
    for prefix in ("", *_PREFIXES):
        stem = verb[len(prefix) :]
        if verb.startswith(prefix) and stem in _IRREGULAR:
            past, *rest = _IRREGULAR[stem].split()
            return prefix + past, prefix + (rest[0] if rest else past)
    if verb.endswith("e"):
        regular = verb + "d"
    elif verb.endswith("y") and verb[-2:-1] not in tuple("aeiou"):
        regular = verb[:-1] + "ied"
    else:
        regular = verb + (verb[-1] if verb in DOUBLED else "") + "ed"
    return regular, regular


def forms_of(verb: str) -> dict[str, str]:
    """Every form of a verb: the word -> its name; a word that is two forms keeps the plainer."""
    past, participle = past_forms(verb)
    found = {participle: "participle", past: "past", verb + "ed": "past"}
    if verb not in DOUBLED and verb[-1:] not in tuple("aeiouwxy"):  # whether a strange verb doubles its last letter is not known
        found |= {f"{verb}{verb[-1:]}ed": "past", f"{verb}{verb[-1:]}ing": "ing"}
    return found | {inflect_verb(verb, "ing"): "ing", inflect_verb(verb, "s"): "s", verb: "base"}


@cache
def reading_table(verbs: frozenset[str]) -> dict[str, VerbForm]:
    """Every form of some verbs -> verb and form; of two verbs a base form wins."""
    table: dict[str, VerbForm] = {}
    for verb in sorted(verbs):
        for word, form in forms_of(verb).items():
            if word not in table or form == "base" or (word in _IRREGULAR_WORDS and verb in _IRREGULAR):
                table[word] = VerbForm(verb, form)
    return table


_IRREGULAR_WORDS = frozenset(word for forms in _IRREGULAR.values() for word in forms.split()) - {"lay", "found", "wound"}
