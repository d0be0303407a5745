"""English verb forms and pronouns for the caption grammar.

A phrase is written in the imperative with every verb marked (``*walk forward and *turn left``) and possessives as ``{your}``;
`inflect_phrase` puts it in the form that a sentence frame asks for. The phrases themselves are in `vocabulary`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

FORMS = ("base", "s", "ing")
BARE = "!"  # marks a phrase that is a whole command ("!hands up"): no frame fits around it

DOUBLED = frozenset(
    ("run", "jog", "sit", "hop", "clap", "nod", "shrug", "step",
    "squat", "get", "put", "spin", "swim", "drop", "cut", "grab",
     "stop", "set", "sidestep", "backflip",
     "slap", "pat", "hug", "tap", "stab", "jab", "hit", "chop", "swat", "prod", "whip", "wrap", "dip", "uppercut",
     "plop", "beg", "bob", "dab", "flap", "flip", "mop", "pop", "rub", "scrub", "skid", "skip", "slam", "slip", "snap",
     "strut", "swab", "tip", "trip", "bat", "chat", "dig", "drag", "drum", "jam", "jot", "let", "lob", "lug", "rap",
     "shred", "shut", "split", "stir", "strum", "trot", "tug",
     "cup", "eavesdrop", "plug", "sag", "scan", "shed", "sob")
)  # fmt: skip
_ING = {"lie": "lying", "die": "dying", "be": "being", "salsa": "dancing salsa"}
_S = {"have": "has", "do": "does", "go": "goes", "be": "is", "salsa": "dances salsa", "cut": "cuts"}
_MARKED = re.compile(r"\*([a-z]+)")


@dataclass(frozen=True)
class Person:
    """Who acts: subject, whether its verb takes an s, object, possessive and form of "be"."""

    subject: str
    third: bool
    object: str
    possessive: str
    be: str

    @property
    def subject_again(self) -> str:
        """The pronoun for the subject's second mention ("a person walks as they wave")."""
        return {"his": "he", "her": "she", "their": "they", "your": "you", "its": "it"}[self.possessive]

    @property
    def again_form(self) -> str:
        """The verb form after that pronoun."""
        return "s" if self.possessive in ("his", "her", "its") else "base"

    @property
    def is_again(self) -> str:
        """That pronoun with its "be" ("once he's done")."""
        return self.subject_again + ("'s" if self.again_form == "s" else "'re")


YOU = Person("you", False, "you", "your", "are")
HE = Person("he", True, "him", "his", "is")
SHE = Person("she", True, "her", "her", "is")
THEY = Person("they", False, "them", "their", "are")
IT = Person("it", True, "it", "its", "is")
SOMEBODY = tuple(
    Person(subject, True, subject, possessive, "is")
    for subject, possessive in (
        ("a person", "their"), ("the person", "their"), ("someone", "their"), ("a man", "his"), ("the man", "his"),
        ("the character", "their"), ("a woman", "her"), ("the woman", "her"),
    )
)  # fmt: skip
GUY = Person("the guy", True, "the guy", "his", "is")
CHARACTER = Person("the character", True, "the character", "their", "is")
PERSONS = (YOU, HE, SHE, THEY, IT, *SOMEBODY, GUY)


def inflect_verb(verb: str, form: str) -> str:
    """One verb in one of FORMS ("walk" -> "walks", "walking")."""
    if form == "base":
        return verb
    if form == "s":
        if verb in _S:
            return _S[verb]
        if verb.endswith(("s", "sh", "ch", "x", "z")):
            return verb + "es"
        if verb.endswith("y") and verb[-2] not in "aeiou":
            return verb[:-1] + "ies"
        return verb + "s"
    if verb in _ING:
        return _ING[verb]
    if verb in DOUBLED:
        return verb + verb[-1] + "ing"
    if verb.endswith("e") and not verb.endswith("ee"):
        return verb[:-1] + "ing"
    return verb + "ing"


def inflect_phrase(phrase: str, form: str, person: Person) -> str:
    """A marked phrase in a verb form, with the person's possessive."""
    text = _MARKED.sub(lambda match: inflect_verb(match[1], form), phrase)
    return text.replace("{your}", person.possessive)


def has_verb(phrase: str) -> bool:
    """False for a bare exclamation ("hands up") that takes no subject."""
    return "*" in phrase


def normalise(text: str) -> str:
    """Lower case with only a-z, apostrophes inside words and single spaces."""
    text = text.lower().replace("\u2019", "'")
    text = re.sub(r"[^a-z' ]+", " ", text)
    return " ".join(word for word in (part.strip("'") for part in text.split()) if word)
