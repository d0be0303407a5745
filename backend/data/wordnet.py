"""The table of synonyms, `language/synonyms.json`, worked out from WordNet.

Verbs and adverbs get the nearest that the grammar has: of the synset of their first sense, else up the hypernyms. They are for
packs that do not know the word itself. Run once, with the folder of WordNet's database files: ``python -m backend.data.wordnet
FOLDER``.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from ..language.captions import phrases_of
from ..language.kinds import all_kinds
from ..language.said_styles import style_words

TARGET_SENSES, DEPTH = 3, 2  # senses of a neighbour that count (of the verb itself the first), steps up
MOST = 3  # neighbours kept: a pack may not know the first
_MOVING = frozenset({"29", "30", "33", "34", "35", "36", "38", "39"})  # body, change, competition, consumption, contact, ...
# these say too little of what is done, or in WordNet's sense are done without the body
_VAGUE = frozenset(
    [
        "be", "do", "have", "make", "get", "take", "give", "go", "come", "move", "put", "keep", "let", "use", "act", "set",
        "hold", "change", "start", "stop", "end", "stay", "stand", "show", "try", "see", "feel", "draw", "cover", "enter",
        "work", "find", "film", "style", "turn", "train", "bear", "cast", "charge", "clear", "close", "lead", "play",
        "send", "serve", "form", "meet", "pass", "perform", "bring", "carry", "deliver", "describe", "fix", "accept",
        "answer", "address", "prepare", "present", "lose", "fill", "fail", "raise", "lower", "lift", "step", "travel",
        "tell", "save", "check", "beat", "read", "cut", "hit", "open", "strike", "exercise", "drop", "react", "release",
        "remain", "return", "receive", "race", "sound", "stack", "store", "track", "press", "touch", "mix", "block", "kill",
        "land", "lay", "lie", "pull", "push", "place", "split", "spell", "treat", "bound", "monkey", "toast", "fish",
        "trip", "stir", "bathe", "box", "lock", "bowl", "dig", "rally", "steer", "guard", "reel", "pour", "fold", "dream",
        "hammer", "wash", "smooth", "wrap", "flap",
    ]
)
_WALKED = frozenset({"walk", "run", "jump", "throw"})  # said in too many ways to be found as bare phrases
# what they share with the neighbour is a figure of speech or a rare sense
_FAR = frozenset(
    [
        "shed", "slough", "molt", "moult", "autotomize", "autotomise", "exuviate", "descend", "prolapse", "submerge",
        "defect", "circumvent", "repulse", "belt", "hash", "thumb", "tool", "shag", "grass", "poise", "profile", "strafe",
        "rappel", "dent", "down", "cocoon", "cock", "toe", "ebb", "nose", "gun", "egg", "sky", "war", "wine", "author",
        "script", "footnote", "hoof", "overshoot", "treadle", "minstrel", "rout", "consume", "abscise", "subtract",
    ]
)
# of one meaning with a style in WordNet, but not said of how somebody moves
_NO_MANNER = frozenset(
    [
        "badly", "big", "bolt", "awfully", "hard", "heavy", "close", "closely", "easy", "ill", "inside", "inwardly",
        "large", "fortunately", "luckily", "fortuitously", "painfully", "tight", "distressfully", "distressingly",
        "disturbingly", "worryingly", "onerously", "oppressively", "intemperately", "fearsomely", "frighteningly",
        "scarily", "horribly", "dreadfully", "alarmingly", "direfully", "deplorably", "lamentably", "religiously",
        "thoroughly", "uninterestingly", "incautiously", "heedlessly", "carelessly", "cavalierly", "unpleasantly", "slow",
        "quick", "exhaustively", "automatically", "sharply", "conservatively", "teasingly", "tauntingly",
    ]
)
_SPEEDS = ("slowly", "quickly")


@dataclass(frozen=True)
class Synset:
    """Words of one meaning, its lexicographer's file, and synsets by pointer ("@": above)."""

    file: str
    words: tuple[str, ...]
    pointers: tuple[tuple[str, str, str], ...]


def read_synsets(path: Path) -> dict[str, Synset]:
    """All synsets of a ``data.*`` file by offset."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):
            continue
        fields = line.split(" | ")[0].split()
        words = int(fields[3], 16)
        names = tuple(re.sub(r"\(.*\)", "", name).lower() for name in fields[4 : 4 + 2 * words : 2])
        start = 5 + 2 * words
        rows = [fields[start + 4 * number :][:3] for number in range(int(fields[start - 1]))]
        found[fields[0]] = Synset(fields[1], names, tuple((symbol, offset, part) for symbol, offset, part in rows))
    return found


def read_senses(path: Path) -> dict[str, list[str]]:
    """Offsets of every word of an ``index.*`` file, most frequent sense first."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith(" "):
            fields = line.split()
            found[fields[0]] = fields[-int(fields[2]) :]
    return found


def trained_verbs() -> set[str]:
    """Verbs that are a whole phrase of some kind, or with a direction ("mop", "walk forward")."""
    phrases = [phrase for kind in all_kinds().values() for action in kind.actions() for phrase in phrases_of(action)]
    pattern = re.compile(r"\*([a-z]+)(?: (?:forward|up|down|around|left|right|on the spot))?")
    return {match[1] for phrase in phrases if (match := pattern.fullmatch(phrase))}


def verb_table(folder: Path) -> tuple[dict[str, list[str]], list[str]]:
    """Nearest trained verbs of every other verb, and all verbs."""
    synsets, senses = read_synsets(folder / "data.verb"), read_senses(folder / "index.verb")
    targets = (trained_verbs() - _VAGUE) | _WALKED
    table = {}
    for verb, offsets in senses.items():
        near = (
            {}
            if not verb.isalpha() or verb in _VAGUE | _FAR
            else dict(reversed(_up(synsets, senses, offsets[0], targets - {verb})))
        )
        if near:
            table[verb] = sorted(near, key=lambda target: (near[target], target))[:MOST]
    return table, sorted(verb for verb in senses if verb.isalpha())


def _up(synsets: dict[str, Synset], senses: dict[str, list[str]], offset: str, targets: set[str]) -> list[tuple[str, int]]:
    """Targets in a synset and up to `DEPTH` above it, with how far each is."""
    found, level = [], [offset]
    for depth in range(DEPTH + 1):
        for place in level:
            synset = synsets[place]
            if synset.file in _MOVING:
                found += [(word, depth) for word in synset.words if word in targets and place in senses[word][:TARGET_SENSES]]
        level = [to for place in level for symbol, to, _ in synsets[place].pointers if symbol == "@"]
    return found


def adverb_table(folder: Path) -> dict[str, list[str]]:
    """Adverbs of speed and style that are of one meaning with others."""
    adverbs, adjectives = read_synsets(folder / "data.adv"), read_synsets(folder / "data.adj")
    targets = {word for text in style_words() for word in re.findall(r"[a-z]+ly\b", text)} - {"slightly", "really", "extremely"}
    targets |= set(_SPEEDS)
    of_adjective: dict[str, set[str]] = defaultdict(set)
    for synset in adverbs.values():
        for symbol, offset, _ in synset.pointers:
            if symbol == "\\":
                of_adjective[offset] |= set(synset.words) & targets
    table: dict[str, list[str]] = {}
    for synset in adverbs.values():
        near = [word for word in synset.words if word in targets]
        if not near:
            heads = [offset for symbol, offset, _ in synset.pointers if symbol == "\\"]
            heads += [to for head in heads for symbol, to, _ in adjectives[head].pointers if symbol == "&"]
            near = [word for head in heads for word in sorted(of_adjective[head])]
        for word in synset.words:
            if near and word not in targets | _NO_MANNER and word.isalpha():
                table.setdefault(word, list(dict.fromkeys(near))[:MOST])
    return table


def main(folder: str) -> None:
    """Write the table into the room of language."""
    verbs, every = verb_table(Path(folder))
    document = {"verbs": verbs, "adverbs": adverb_table(Path(folder)), "every_verb": " ".join(every)}
    place = Path(__file__).parents[1] / "language" / "synonyms.json"
    place.write_text(json.dumps(document, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
