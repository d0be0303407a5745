"""Voices: identities, who is held out, what engines say, and a small corpus from start to finish."""

import hashlib
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from backend.data.speech.augment import MelAugmentConfig, augment_mel, roughen, settle
from backend.data.speech.downloads import FOLDER, HELD_OUT_MODELS, MODELS
from backend.data.speech.speakers import (
    HELD_OUT,
    HELD_OUT_VOICES,
    SEALED_VOICES,
    by_name,
    check_trainable,
    identities,
    natural_and_synthetic,
    neural,
)
from backend.data.speech.voices import SAMPLE_RATE, available, phones_of, say, say_all
from backend.errors import UserError


def needs(*names: str) -> pytest.MarkDecorator:
    """Skip where one of these speech engines is not installed, and name it."""
    missing = [name for name in names if not available()[name]]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


has_joe = pytest.mark.skipif(
    not all((FOLDER / file).exists() for file in HELD_OUT_MODELS), reason="`data voices --held-out` has not been run"
)
downloaded = pytest.mark.skipif(not all((FOLDER / file).exists() for file in MODELS), reason="`data voices` has not been run")
SENTENCE = "walk forward, then wave with your right hand"


def pitch(wave: np.ndarray) -> float:
    import parselmouth

    values = parselmouth.Sound(wave.astype(np.float64), SAMPLE_RATE).to_pitch().selected_array["frequency"]
    return float(np.median(values[values > 0]))


def centroid(wave: np.ndarray) -> float:
    """Centre of the spectrum between 300 and 4000 Hz: grows when the vocal tract gets shorter."""
    power = np.abs(np.fft.rfft(wave)) ** 2
    hertz = np.fft.rfftfreq(len(wave), 1 / SAMPLE_RATE)
    band = (hertz > 300) & (hertz < 4000)
    return float((power[band] * hertz[band]).sum() / power[band].sum())


def test_voices_of_some_engines_only() -> None:
    natural, synthetic = natural_and_synthetic("train", ("flite",))
    assert {voice.engine for voice in natural} == {"flite"} and not synthetic
    assert all(any(voice.engine == "flite" for voice in natural_and_synthetic(split, ("flite",))[0]) for split in ("train", "val"))


def test_more_than_two_hundred_identities_with_unique_names():
    voices = identities()
    assert len({v.name for v in voices}) == len(voices) >= 240
    assert sum(v.engine != "espeak" for v in voices) >= 170
    train, val = ({v for group in natural_and_synthetic(split) for v in group} for split in ("train", "val"))
    assert train and val and not train & val
    assert len(neural("train")) >= 180 and len(neural("val")) >= 10


def test_kokoros_validating_speakers_are_in_no_blend_that_trains():
    training, validating = ({s for v in neural(split) for s in v.speaker.split("+")} for split in ("train", "val"))
    assert training and validating and not training & validating


def test_identities_that_spoke_before_stay_who_they_were():
    first = "\n".join(repr(voice) for voice in identities()[:188])
    assert hashlib.sha256(first.encode()).hexdigest().startswith("1b5a385654508d53")


def test_held_out_voices_are_refused_under_any_name():
    assert not {v.speaker for v in identities()} & HELD_OUT
    assert len(SEALED_VOICES) == 7 and {voice.name for voice in SEALED_VOICES} <= HELD_OUT
    for voice in SEALED_VOICES:
        for disguised in (voice, replace(voice, name="somebody", split="train"), replace(voice, formants=1.1)):
            with pytest.raises(AssertionError, match="held out"):
                check_trainable(disguised)


@pytest.mark.parametrize(
    "name",
    [
        *(pytest.param(name, marks=needs("flite")) for name in ("kal16", "rms-12", "slt-20", "awb")),
        *(pytest.param(name, marks=needs("festival")) for name in ("cmu_us_slt_arctic_hts-03", "ked_diphone")),
        *(pytest.param(name, marks=needs("espeak", "mbrola")) for name in ("mb-us1", "mb-us2", "mb-us3", "mb-en1")),
        pytest.param("joe", marks=[needs("espeak"), has_joe]),
    ],
)
def test_every_engine_speaks(name):
    wave = say(SENTENCE, name)
    assert wave.dtype == np.float32 and wave.ndim == 1
    assert 1.5 < len(wave) / SAMPLE_RATE < 6
    assert 0.05 < np.abs(wave).max() <= 1.0


@pytest.mark.parametrize(
    "name",
    [
        *(pytest.param(name, marks=needs("rhvoice")) for name in ("bdl", "clb-03")),
        *(pytest.param(name, marks=needs("pico")) for name in ("en-US-02", "en-GB")),
    ],
)
def test_later_engines_speak_at_the_rate_they_are_asked_for(name):
    plain = replace(by_name()[name], rate=1.0)
    wave = say(SENTENCE, plain)
    assert 1.5 < len(wave) / SAMPLE_RATE < 6 and 0.05 < np.abs(wave).max() <= 1.0
    assert len(say(SENTENCE, replace(plain, rate=1.3))) < 0.87 * len(wave)


def test_without_mbrola_its_voices_say_what_to_install(monkeypatch):
    monkeypatch.setattr("backend.data.speech.voices.shutil.which", lambda _: None)
    with pytest.raises(UserError, match="mbrola is not installed") as error:
        say(SENTENCE, "mb-us1")
    assert "mbrola-en1" in error.value.hint


@downloaded
@needs("espeak")
@pytest.mark.slow
def test_kokoro_and_its_blends_are_different_people_who_say_the_same():
    pytest.importorskip("onnxruntime")
    people = [say(SENTENCE, name) for name in ("af_heart", "am_michael", neural("train")[80].name)]
    assert all(1.2 < len(wave) / SAMPLE_RATE < 6 for wave in people)
    assert pitch(people[0]) > 1.25 * pitch(people[1])
    assert neural("train")[80].speaker.count("+") == 1


@needs("flite")
def test_shifts_move_pitch_formants_and_rate():
    plain = by_name()["rms"]
    wave = say(SENTENCE, plain)
    higher = say(SENTENCE, replace(plain, pitch=160.0))
    assert pitch(higher) == pytest.approx(160, rel=0.12) and pitch(wave) < 130
    assert centroid(say(SENTENCE, replace(plain, formants=1.2))) > 1.05 * centroid(wave)
    assert len(say(SENTENCE, replace(plain, rate=1.3))) == pytest.approx(len(wave) / 1.3, rel=0.1)


@needs("flite")
def test_without_a_generator_speech_repeats_and_with_one_it_varies():
    first, second = say_all([SENTENCE] * 2, ["slt-02"] * 2)
    assert len(first) == len(second) and np.corrcoef(first, second)[0, 1] > 0.98  # engines add noise of their own
    third, fourth = say_all([SENTENCE] * 2, ["slt-02"] * 2, np.random.default_rng(0))
    assert len(third) != len(fourth)


@needs("flite")
def test_phones_come_from_the_lexicon():
    assert phones_of(["walk", "kick"]) == {"walk": ["w", "ao", "k"], "kick": ["k", "ih", "k"]}


@pytest.mark.parametrize("text", ["", "walk; rm -rf", '") (system "ls', "-o file", "go 3 times"])
def test_text_that_an_engine_could_misread_is_refused(text):
    with pytest.raises(ValueError, match="spoken"):
        say(text, "kal16")


@needs("flite")
@pytest.mark.slow
def test_a_corpus_is_built_resumed_and_read(tmp_path, monkeypatch):
    from backend.data.speech import speaking as speech

    engines = tuple(name for name, there in available().items() if there)
    monkeypatch.setattr(speech, "SHARD", 12)
    assert speech.build_speech(tmp_path, 20, workers=1, engines=engines) == 24
    before = (tmp_path / "shard_00000.npy").stat().st_mtime_ns
    (tmp_path / "shard_00001.jsonl").unlink()
    assert speech.build_speech(tmp_path, 30, workers=1, engines=engines) == 36
    assert (tmp_path / "shard_00000.npy").stat().st_mtime_ns == before
    corpus = speech.SpeechCorpus(tmp_path)
    assert not {by_name()[u.voice].speaker for u in corpus.utterances} & HELD_OUT
    for number, utterance in enumerate(corpus.utterances):
        assert corpus.mel(number).shape == (utterance.frames, 80)
        assert (speech._bucket(utterance.text) < 4) == (utterance.split == "val")
    mel, lengths = corpus.batch([0, 30])
    assert mel.shape == (2, int(lengths.max()), 80)
    rows = [json.loads(line) for line in (tmp_path / "utterances.jsonl").read_text().splitlines()]
    assert {"id", "text", "key", "voice", "style", "split", "frames"} <= set(rows[0])


def test_a_corpus_of_rare_words_has_more_of_them(tmp_path, monkeypatch):
    from backend.data.speech import speaking as speech

    texts = []
    monkeypatch.setattr(speech, "_store", lambda out, index, requests, *rest: texts.append([text for text, _ in requests]))
    shards = range(4)  # alone, each has 7 to 19 percent more
    for drawn in ("sentences", "rare", "rare"):
        for index in shards:
            speech._make_shard(tmp_path, index, 0, None, drawn)
    usual, rare, again = (texts[first : first + len(shards)] for first in range(0, len(texts), len(shards)))
    assert rare == again and all(len(some) == speech.SHARD for some in texts)
    counts = [[len({word for text in some for word in speech.split_words(text)}) for some in drawn] for drawn in (usual, rare)]
    assert sum(counts[1]) > 1.08 * sum(counts[0]), counts


def test_held_out_voices_cannot_enter_a_corpus(tmp_path, monkeypatch):
    from backend.data.speech import speaking as speech

    monkeypatch.setattr(speech, "natural_and_synthetic", lambda *_: ([HELD_OUT_VOICES[0]], [HELD_OUT_VOICES[1]]))
    with pytest.raises(AssertionError, match="held out"):
        speech._make_shard(tmp_path, 0, 0, None, "sentences")
    assert not list(tmp_path.iterdir())


def test_roughening_keeps_length_and_stays_finite():
    rng = np.random.default_rng(0)
    wave = (0.3 * np.sin(np.arange(16_000) * 0.1)).astype(np.float32)
    for _ in range(20):
        rough = roughen(settle(wave, rng), rng, ())
        assert len(rough) >= len(wave) and rough.dtype == np.float32 and np.isfinite(rough).all()


def test_mel_augmentation_moves_formants_and_tempo():
    import torch

    quiet = MelAugmentConfig(bend=0, wobble=0, channel=0, noise_chance=0, room_chance=0, frequency_masks=0, time_masks=0)
    mel = torch.full((2, 100, 80), -8.0)
    mel[:, :50, 30] = 4.0  # a formant in the first half
    same, lengths = augment_mel(mel, torch.tensor([100, 60]), replace(quiet, warp=(1, 1), speed=(1, 1)))
    assert torch.allclose(same[0], mel[0], atol=1e-2) and lengths.tolist() == [100, 60]
    higher, _ = augment_mel(mel, torch.tensor([100, 60]), replace(quiet, warp=(1.15, 1.15), speed=(1, 1)))
    assert 32 <= int(higher[0, 20].argmax()) <= 37
    _, faster = augment_mel(mel, torch.tensor([100, 60]), replace(quiet, warp=(1, 1), speed=(1.25, 1.25)))
    assert faster.tolist() == [80, 48]


@needs("flite")
def test_a_corpus_names_the_engine_that_is_missing_where_workers_speak(tmp_path, monkeypatch):
    """The sentence comes out of another process."""
    from backend.data.speech import speaking as speech

    folder = tmp_path / "programs"
    folder.mkdir()
    (folder / "flite").symlink_to(shutil.which("flite"))
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(UserError, match=r"speech engine \S+ is not installed"):
        speech.build_speech(tmp_path / "corpus", 20, workers=1)


def test_missing_engine_is_said(monkeypatch):

    monkeypatch.setenv("PATH", "/nonexistent")
    assert shutil.which("flite") is None
    with pytest.raises(UserError, match="not installed"):
        say("walk forward", "kal16")
