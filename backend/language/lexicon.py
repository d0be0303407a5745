"""Sets of words: frame words, verbs of kinds, and the words of each action's phrases.

`account` judges words by them, `rewriting` chooses what to say instead.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from .captions import phrase_groups, phrases_of, vocabulary
from .english import FORMS, YOU, inflect_phrase, normalise
from .instruction import Action
from .kinds import all_kinds, variant_of
from .sentence_frames import all_frame_texts
from .verb_forms import VerbForm, reading_table
from .vocabulary import rows

SUBJECTS = frozenset(
    [
        "person", "man", "woman", "guy", "girl", "boy", "lady", "gentleman", "character", "figure", "human", "someone",
        "somebody", "actor", "avatar", "player", "subject", "individual", "dude", "model", "hero", "heroine", "performer",
        "dummy", "mannequin", "npc", "fellow", "animator",
    ]
)
_FUNCTION = frozenset(
    [
        "a", "an", "the", "this", "that", "these", "those", "some", "any", "each", "every", "all", "of", "to", "from",
        "with", "at", "on", "in", "for", "by", "into", "onto", "upon", "off", "out", "over", "under", "through", "across",
        "along", "between", "toward", "towards", "against", "near", "beside", "beyond", "inside", "outside", "within",
        "until", "till", "per", "via", "about", "i", "me", "my", "mine", "you", "your", "yours", "he", "him", "his", "she",
        "her", "hers", "it", "its", "we", "us", "our", "they", "them", "their", "theirs", "himself", "herself", "itself",
        "themselves", "themself", "yourself", "who", "whom", "whose", "which", "and", "or", "but", "so", "as", "than",
        "then", "while", "whilst", "when", "where", "if", "because", "though", "although", "be", "am", "is", "are", "was",
        "were", "been", "being", "do", "does", "did", "doing", "done", "have", "has", "had", "having", "will", "would",
        "shall", "should", "can", "could", "may", "might", "must", "not", "no", "nor", "don't", "doesn't", "didn't",
        "isn't", "aren't", "won't", "can't", "couldn't", "too", "also", "just", "only", "even", "still", "yet", "again",
        "already", "now", "here", "there", "okay", "ok", "alright", "please", "thanks", "thank", "hey", "yeah", "yes",
        "yep", "well", "um", "uh", "er", "erm", "hmm", "hm", "ah", "oh", "like", "know", "mean", "basically", "actually",
        "literally", "maybe", "perhaps", "sort", "kind", "bit", "little", "lot", "kinda", "sorta", "gonna", "wanna",
        "gotta", "let's", "lets", "want", "need", "i'd", "he's", "she's", "it's", "they're", "you're", "i'm", "we're",
        "i'll", "you'll", "he'll", "she'll", "that's", "there's", "i've", "make", "get", "let", "give", "go", "going",
        "goes", "try", "trying", "start", "starts", "starting", "started", "begin", "begins", "beginning", "began",
        "continue", "continues", "continuing", "proceed", "proceeds", "seem", "seems", "appear", "appears", "use", "uses",
        "using", "other", "another", "same", "own", "such", "very", "really", "quite", "pretty", "rather", "extremely",
        "super", "something", "anything", "thing", "stuff", "way", "around", "time", "moment", "sudden", "suddenly",
        "first", "next", "finally", "last", "after", "before", "afterwards", "later", "meanwhile", "simultaneously", "more",
        "most", "less", "much", "many", "few", "several", "once", "place", "spot", "how", "what", "animation", "motion",
        "movement", "action", "clip", "show", "see", "watch", "perform", "performs", "performing", "gesture", "cycle",
        "loop", "scene", "manner", "fashion", "style", "position", "pose", "good", "nice", "ready", "able", "new", "cannot",
        "dont", "hi", "afterward",
    ]
)
_NO_FRAME = frozenset({"walk", "left", "right", "both", "back", "twice"})
_TABLE = Path(__file__).parent / "synonyms.json"


@cache
def synonyms() -> dict:
    """The table that `data.wordnet` made: ``verbs``, ``adverbs`` and ``every_verb``."""
    table = json.loads(_TABLE.read_text(encoding="utf-8"))
    return table | {"every_verb": frozenset(table["every_verb"].split())}


@cache
def frame_words() -> frozenset[str]:
    """Words that need no account: function words, subjects and words of sentence frames."""
    framed = {word for text in all_frame_texts() for word in normalise(text).split()}
    return (framed | _FUNCTION | SUBJECTS | {"without", "real", "while"}) - _NO_FRAME


@cache
def verbs_of(kinds: tuple[str, ...]) -> frozenset[str]:
    """Verbs of the phrases of some kinds, uninflected."""
    found = {verb for text in _marked(kinds) for verb in re.findall(r"\*([a-z]+)", text)}
    return frozenset(found | {text.split()[0] for text in _marked(kinds) if text.split()[0] in synonyms()["every_verb"]})


@cache
def bare_verbs(kinds: tuple[str, ...]) -> frozenset[str]:
    """Verbs that say a kind by themselves or with a direction ("walk", "lie down")."""
    pattern = re.compile(r"\*([a-z]+)(?: (?:forward|up|down|around|left|right))?")
    return frozenset(match[1] for text in _marked(kinds) if (match := pattern.fullmatch(text)))


@cache
def phrases_in(kinds: tuple[str, ...]) -> frozenset[str]:
    """All phrases of some kinds in the base form, with "your" ("shake your head")."""
    return frozenset(normalise(inflect_phrase(text, "base", YOU)) for text in _marked(kinds))


@cache
def _phrase_text(kinds: tuple[str, ...]) -> str:
    return "| " + " | ".join(sorted(phrases_in(kinds))) + " |"


def part_of_phrase(words: str, kinds: tuple[str, ...]) -> bool:
    """Whether words stand side by side in a phrase of some kinds ("turn your back" on someone)."""
    return f" {words} " in _phrase_text(kinds)


@cache
def sayable(kinds: tuple[str, ...]) -> frozenset[str]:
    """Every word that sentences about some kinds have."""
    return frozenset(vocabulary(kinds))


@cache
def verb_forms() -> dict[str, VerbForm]:
    """Every form of every verb of WordNet and of the table of kinds."""
    return reading_table(frozenset(synonyms()["every_verb"]) | verbs_of(tuple(all_kinds())))


@cache
def known_forms(kinds: tuple[str, ...]) -> dict[str, VerbForm]:
    """Every form of the verbs of some kinds."""
    return reading_table(verbs_of(kinds))


@cache
def base_of(word: str) -> str:
    """A verb's base or a noun's singular ("raised", "arms" -> "raise", "arm")."""
    trained = known_forms(tuple(all_kinds())).get(word) or verb_forms().get(word)
    if trained is not None:
        return trained.verb
    if word in _PLURALS:
        return _PLURALS[word]
    word = re.sub(r"'s$", "", word)
    return (
        word[:-1]
        if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "wards"))
        else re.sub(r"wards$", "ward", word)
    )


_PLURALS = {
    "feet": "foot",
    "knives": "knife",
    "children": "child",
    "teeth": "tooth",
    "men": "man",
    "women": "woman",
    "people": "person",
}


@cache
def words_of(action: Action) -> frozenset[str]:
    """Bases of the words with which a kind and variant is said, numbers and manner left out."""
    own = rows()[action.kind]["phrases"]
    variant = variant_of(action)
    known = variant in all_kinds()[action.kind].variants  # a pack may know one that the table has no more
    plain = phrases_of(action) if known else [text for group in own.values() for text in group]
    texts = [*plain, *own.get("", ()), *(text for name in ("", *phrase_groups(variant)) for text in own.get(f"{name}#", ()))]
    texts = [text.replace("{n}", "").replace("{lr}", "").replace("{clock}", "") for text in texts]
    return frozenset(
        base_of(word) for text in texts for form in FORMS for word in normalise(inflect_phrase(text, form, YOU)).split()
    )


@cache
def action_words(kinds: tuple[str, ...]) -> frozenset[str]:
    """Bases of the words that say some action of some kinds."""
    return frozenset(word for name in kinds for action in all_kinds()[name].actions() for word in words_of(action))


@cache
def _marked(kinds: tuple[str, ...]) -> frozenset[str]:
    return frozenset(text for name in kinds for action in all_kinds()[name].actions() for text in phrases_of(action))
