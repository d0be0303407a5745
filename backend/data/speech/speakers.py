"""Speaker identities: shifted recorded voices, espeak-ng's variants, Kokoro's speakers.

An identity is an engine's voice with its own pitch, vocal tract length, pitch range and rate. Recorded speakers are few (kal,
rms, slt; RHVoice's bdl and clb; SVOX Pico's two), so each becomes up to 44 people of different size: formants and pitch are
shifted together, as they correlate in people. Kokoro's 54 neural speakers are identities, and so are blends of two of them.
`awb` and
`ked_diphone` are held out as the voices never heard: tests speak with them, and `check_trainable` keeps them and every shift of
them out of training. Piper's joe and four MBROLA voices are held out for the sealed test alone. How an identity speaks is `voices`'
job.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

import numpy as np

ENGINES = ("flite", "festival", "espeak", "rhvoice", "pico", "kokoro")
HELD_OUT = frozenset({"awb", "awb_time", "ked_diphone", "joe", "mb-us1", "mb-us2", "mb-us3", "mb-en1"})


@dataclass(frozen=True)
class Voice:
    """One speaker identity.

    Args:
        name: unique, as written into the corpus.
        engine: one of `ENGINES`, or of the held-out voices' own, "piper" and "mbrola".
        speaker: the engine's own name of the voice.
        pitch: median pitch in Hz after the shift; 0 leaves it alone.
        formants: ratio of formant frequencies to the speaker's own (above 1: shorter vocal tract).
        pitch_range: ratio of pitch movements to the speaker's own.
        rate: speaking rate relative to the speaker's own.
        split: "train", "val" (identities that validation alone uses) or "test" (held out).
    """

    name: str
    engine: str
    speaker: str
    pitch: float = 0.0
    formants: float = 1.0
    pitch_range: float = 1.0
    rate: float = 1.0
    split: str = "train"


HELD_OUT_VOICES = (
    Voice("awb", "flite", "awb", split="test"),
    Voice("ked_diphone", "festival", "ked_diphone", split="test"),
)
# The sealed test's: these and five that no probe uses. joe was recorded for Piper (CC0); MBROLA's databases may be used with mbrola
# alone and are given away without a fee (us1, us2: BaBel; us3: OGI; en1: University of Edinburgh), so nothing of them is in a pack.
SEALED_VOICES = (
    *HELD_OUT_VOICES,
    Voice("joe", "piper", "joe", split="test"),
    *(Voice(f"mb-{name}", "mbrola", f"mb-{name}", split="test") for name in ("us1", "us2", "us3", "en1")),
)

# (engine, voice, its median pitch in Hz, range of formant ratios): men are shifted up further than women
_NATURAL = (
    ("flite", "kal16", 89.0, (0.85, 1.25)),
    ("flite", "rms", 104.0, (0.87, 1.25)),
    ("flite", "slt", 163.0, (0.78, 1.14)),
    ("festival", "cmu_us_slt_arctic_hts", 170.0, (0.78, 1.14)),
)
# (number of each, seed): later draws come after earlier ones, so that existing corpora keep their identities
_DRAWS = ((30, 20250), (14, 20261))
# added later, so last; RHVoice's other voices and festival's rab do not allow commercial use
_MORE_NATURAL = (
    ("rhvoice", "bdl", 126.0, (0.87, 1.25)),
    ("rhvoice", "clb", 176.0, (0.78, 1.14)),
    ("pico", "en-US", 205.0, (0.78, 1.1)),
    ("pico", "en-GB", 205.0, (0.78, 1.1)),
)
_MORE_DRAW = (14, 20272)  # number of each, seed
KOKORO_SPEAKERS = tuple("""
    af_alloy af_aoede af_bella af_heart af_jessica af_kore af_nicole af_nova af_river af_sarah af_sky am_adam am_echo am_eric
    am_fenrir am_liam am_michael am_onyx am_puck am_santa bf_alice bf_emma bf_isabella bf_lily bm_daniel bm_fable bm_george
    bm_lewis ef_dora em_alex em_santa ff_siwis hf_alpha hf_beta hm_omega hm_psi if_sara im_nicola jf_alpha jf_gongitsune
    jf_nezumi jf_tebukuro jm_kumo pf_dora pm_alex pm_santa zf_xiaobei zf_xiaoni zf_xiaoxiao zf_xiaoyi zm_yunjian zm_yunxi
    zm_yunxia zm_yunyang
""".split())  # noqa: SIM905 - names in quotes are no easier to read
_BLENDS = 146
_ACCENTS = ("en", "en-us", "en-gb-scotland", "en-gb-x-rp", "en-029", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-us-nyc")
# variants that sound like people: no robots, no demons, no whisperers
_VARIANTS = """
    m1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 Alex Alicia Andrea Andy Annie Denis Diogo Gene Gene2 Henrique Hugo
    Jacky Lee Marco Mario Michael Mike adam anika antonio aunty belinda benjamin boris caleb david ed edward
    edward2 iven iven2 iven3 john klatt klatt2 klatt3 klatt4 linda marcelo max michel miguel pablo paul pedro
    quincy rob robert sandro shelby steph steph2 steph3 travis victor zac grandma grandpa
""".split()  # noqa: SIM905 - seventy quoted names are no easier to read


@cache
def identities() -> tuple[Voice, ...]:
    """Every identity for training and validation, the same on every machine.

    180 of recorded speakers, 64 of espeak-ng, 60 of recorded speakers added later, 200 of Kokoro.
    """
    (count, seed), *later = _DRAWS
    rng = np.random.default_rng(seed)
    voices = []
    for natural in _NATURAL:
        voices += _shifted(natural, count, 0, rng)
        voices.append(Voice(natural[1], natural[0], natural[1]))  # the speaker as recorded
    for number, variant in enumerate(rng.permutation(_VARIANTS)[:64]):
        accent = _ACCENTS[number % len(_ACCENTS)]
        rate = round(float(np.exp(rng.normal(0, 0.12))), 3)
        split = "val" if number % 10 == 4 else "train"
        voices.append(Voice(f"espeak-{accent}+{variant}", "espeak", f"{accent}+{variant}", rate=rate, split=split))
    for more, seed in later:
        rng = np.random.default_rng(seed)
        for natural in _NATURAL:
            voices += _shifted(natural, more, count, rng)
        count += more
    more, seed = _MORE_DRAW
    rng = np.random.default_rng(seed)
    for natural in _MORE_NATURAL:
        voices += [*_shifted(natural, more, 0, rng), Voice(natural[1], natural[0], natural[1])]
    return (*voices, *_of_kokoro())


def _of_kokoro() -> list[Voice]:
    """Kokoro's speakers, and blends of two with slightly shifted formants and rate."""
    rng = np.random.default_rng(20273)
    voices = [Voice(name, "kokoro", name, split="val" if n % 18 == 7 else "train") for n, name in enumerate(KOKORO_SPEAKERS)]
    # validation speakers are in no training blend
    validating = [voice.name for voice in voices if voice.split == "val"]
    training = [voice.name for voice in voices if voice.split == "train"]
    for number in range(_BLENDS):
        split = "val" if number % 18 == 7 else "train"
        one, other = rng.choice(validating if split == "val" else training, 2, replace=False)
        formants, rate = float(rng.uniform(0.88, 1.14)), float(np.exp(rng.normal(0, 0.1)))
        name = f"{one}+{other}"
        voices.append(Voice(f"{name}-{number:03d}", "kokoro", name, 0.0, round(formants, 3), 1.0, round(rate, 3), split))
    return voices


def _shifted(natural: tuple[str, str, float, tuple[float, float]], count: int, first: int, rng: np.random.Generator) -> list[Voice]:
    """``count`` identities of different size from one recorded speaker, numbered from ``first``."""
    engine, speaker, own_pitch, (low, high) = natural
    voices = []
    for place in range(count):
        # stratified formant ratios; from men to children, pitch grows with about their third power
        formants = low + (high - low) * (place + rng.random()) / count
        pitch = float(np.clip(own_pitch * formants**2.6 * np.exp(rng.normal(0, 0.14)), 72, 300))
        number = first + place
        voices.append(
            Voice(
                f"{speaker}-{number:02d}", engine, speaker, round(pitch, 1), round(float(formants), 3),
                round(float(np.exp(rng.normal(0, 0.25))), 3), round(float(np.exp(rng.normal(0, 0.12))), 3),
                "val" if number % 10 == 4 else "train",
            )
        )  # fmt: skip
    return voices


@cache
def by_name() -> dict[str, Voice]:
    """Name -> voice, held-out ones included."""
    return {voice.name: voice for voice in (*identities(), *SEALED_VOICES)}


def natural_and_synthetic(split: str, engines: Collection[str] = ENGINES) -> tuple[list[Voice], list[Voice]]:
    """(recorded, formant-synthesis) identities of a split that these engines speak.

    The split is "train" or "val".
    """
    voices = [voice for voice in _of_split(split) if voice.engine in engines]
    return [v for v in voices if v.engine not in ("espeak", "kokoro")], [v for v in voices if v.engine == "espeak"]


def neural(split: str) -> list[Voice]:
    """Kokoro's identities of a split, "train" or "val"."""
    return [voice for voice in _of_split(split) if voice.engine == "kokoro"]


def _of_split(split: str) -> list[Voice]:
    voices = [voice for voice in identities() if voice.split == split]
    for voice in voices:
        check_trainable(voice)
    return voices


def check_trainable(voice: Voice) -> None:
    """Raise AssertionError for a held-out voice, whatever its name."""
    if voice.speaker in HELD_OUT or voice.name in HELD_OUT or voice.split == "test":
        raise AssertionError(f"the voice {voice.name!r} is held out for tests and must not be trained or tuned on")
