"""Words that a pack does not know in words that it knows."""

import json
from pathlib import Path

import pytest

from backend.language import german, rewriting
from backend.language.exclusions import is_question, is_talk, only_negated
from backend.language.kinds import all_kinds
from backend.language.lexicon import sayable, synonyms, verbs_of
from backend.language.pieces import told_text
from backend.language.rewriting import Known, everything_known, idioms, rewritten
from backend.language.verb_forms import past_forms, reading_table

KNOWN = everything_known()
ROOM = Path(rewriting.__file__).parent
GAITS = (
    "walk",
    "run",
    "sit",
    "stand",
    "jump",
    "wave",
    "turn",
    "fall",
    "kick",
    "kneel",
    "lie_down",
    "laugh",
    "punch",
    "spin",
    "dance",
)
FEW = Known.of((), GAITS, styles=False, reads_text=True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("walk forward", "walk forward"),
        ("Turn 90° left, then walk 2.5 m!", "turn ninety degrees left, then walk two point five metres!"),
        ("a person walked forward and sat down", "a person walks forward and sits down"),
        ("they ran away", "they run away"),
        ("he knelt", "he kneels"),
        ("the dragon flew", "the dragon flies"),
        ("walk forward but do not wave", "walk forward"),
        ("jump, don't run", "jump,"),
        ("run instead of walking", "run"),
        ("don't move", "don't move"),
        ("don't forget to wave", "wave"),
        ("two people dance", "a person dances"),
        ("a man and a woman wave at each other", "a person waves"),
        ("he walks, then stops", "he walks, then stands still"),
        ("chortle", "laugh"),
    ],
)
def test_typed_english(text: str, told: str):
    assert told_text(rewritten(text, KNOWN)) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hit the deck", "fall down"),
        ("he hits the dirt", "he falls down"),
        ("bid farewell", "wave goodbye"),
        ("drop to one knee", "kneel down"),
        ("she is hitting the hay", "she is lying down"),
        ("grab a seat", "sit down"),
        ("rise to your feet", "stand up"),
        ("rose to his feet", "stand up"),
        ("ambles about", "walks slowly about"),
        ("pirouette", "spin around"),
        ("giggling", "laughing"),
        ("hang a left", "turn left"),
        ("tango", "dance"),
        ("the man was kicked", "the man was kicked"),
    ],
)
def test_idioms_and_synonyms_for_a_small_pack(text: str, told: str):
    assert told_text(rewritten(text, FEW)).replace("is kicked", "was kicked") == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("geh nach vorne", "walk forward"),
        ("Gehe zwei Schritte vorwärts", "walk two steps forward"),
        ("Eine Person läuft im Kreis", "a person runs in a circle"),
        ("winke mit der rechten Hand", "wave with the right hand"),
        ("spring dreimal", "jump three times"),
        ("setz dich hin und steh dann auf", "sit down and then stand up"),
        ("langsam rückwärts gehen", "walk slowly backward"),
        ("gehe vorwaerts", "walk forward"),
        ("dreh dich um 90 Grad nach links", "turn ninety degrees to the left"),
        ("dreh dich um", "turn around"),
        ("geh und winke dabei", "walk and wave at the same time"),
        ("während er geht, winkt er", "while he walks, he waves"),
        ("gehe 2,5 m, ohne zu winken", "walk two point five metres,"),
        ("kannst du bitte nicken", "can you please nod"),
        ("er tanzt fröhlich", "he dances happily"),
        ("renn schnell nach rechts", "run quickly to the right"),
        ("zwei Personen tanzen", "a person dances"),
        ("hebe den linken Arm", "raise your left arm"),
        ("zuerst winken, dann klatschen", "first wave, then clap"),
        ("kletter die Treppe hoch", "climb up the stairs"),
    ],
)
def test_typed_german(text: str, told: str):
    assert told_text(rewritten(text, KNOWN)) == told


@pytest.mark.parametrize("text", ["walk in a box", "kick the ball", "die", "wink", "stand and fall", "jump in the spring"])
def test_english_is_not_taken_for_german(text: str):
    assert told_text(rewritten(text, KNOWN)).split()[-1] == text.rsplit(maxsplit=1)[-1]


@pytest.mark.parametrize(
    "text", ["what time is it", "where are my keys", "who is that", "why does it rain", "is it raining?", "how are you"]
)
def test_questions(text: str):
    assert is_question(text.rstrip("?").split(), asked=text.endswith("?"))


@pytest.mark.parametrize(
    "text", ["can he fly", "could you walk", "what about a jump", "how about jumping", "will you sit down", "walk"]
)
def test_requests_are_no_questions(text: str):
    assert not is_question(text.split(), asked=True)


def test_talk_to_others():
    assert is_talk(["i'm", "going", "to", "lunch"]) and is_talk(["mom", "can", "you", "help"])
    assert not is_talk(["i", "want", "him", "to", "wave"]) and not is_talk(["could", "you", "have", "her", "jump"])


def test_only_what_is_not_to_be_done():
    assert only_negated(rewritten("don't walk", KNOWN)) and not only_negated(rewritten("jump but don't walk", KNOWN))


def test_every_idiom_leads_to_words_that_the_grammar_has():
    assert len(idioms()["same"]) + len(idioms()["near"]) >= 150
    for how in ("same", "near"):
        for key, wordings in idioms()[how].items():
            assert all(set(wording.split()) <= KNOWN.words for wording in wordings), key
            assert all(wording.split()[0] in verbs_of(KNOWN.kinds) for wording in wordings), key


def test_every_german_word_leads_to_words_that_the_grammar_has():
    table = json.loads((ROOM / "german.json").read_text(encoding="utf-8"))
    known = KNOWN.words | {"centimetres", "three"}
    strange = {word for english in (*table["verbs"].values(), *table["phrases"].values()) for word in english.split()} - known
    assert strange <= {"not", "no", "people", "diagonally", "centimetres", "never", "yawn", "cry", "search", "pray", "handstand"}, (
        strange
    )
    assert not set(german._single_words()) & {"walk", "jump", "sit"}


def test_the_table_of_synonyms_is_small_and_leads_to_trained_verbs():
    path = ROOM / "synonyms.json"
    assert path.stat().st_size < 300_000
    trained = verbs_of(tuple(all_kinds()))
    assert len(synonyms()["verbs"]) > 300 and all(set(near) <= trained for near in synonyms()["verbs"].values())
    assert "quickly" in synonyms()["adverbs"]["rapidly"] and "quickly" in sayable(tuple(all_kinds()))


def test_past_forms():
    verbs = {
        "sit": "sat",
        "stop": "stopped",
        "carry": "carried",
        "wave": "waved",
        "swing": "swung",
        "overtake": "overtook",
        "play": "played",
    }
    assert {verb: past_forms(verb)[0] for verb in verbs} == verbs
    table = reading_table(frozenset(verbs))
    assert (
        table["overtaken"] == ("overtake", "participle") and table["stopping"] == ("stop", "ing") and table["carries"][0] == "carry"
    )
