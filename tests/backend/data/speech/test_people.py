"""Real people in the encoder's training: only those who are fitted on, with the phones of words we do not know."""

import json
import shutil

import numpy as np
import pytest
import soundfile

from backend.audio.words import WordList
from backend.data.speech import people
from backend.data.speech.not_instructions import for_fitting
from backend.data.speech.speaking import SpeechCorpus

SPEAKERS = [str(number) for number in range(100, 112)]


@pytest.mark.skipif(shutil.which("flite") is None, reason="flite is not installed")
def test_only_fitted_speakers_with_what_was_heard(tmp_path, monkeypatch):
    folder = tmp_path / "shared" / "speech"
    for kind in ("librispeech", "noise_esc10"):
        (folder / kind).mkdir(parents=True)
    rng = np.random.default_rng(0)
    for speaker in SPEAKERS:
        soundfile.write(folder / "librispeech" / f"{speaker}-1.flac", 0.1 * rng.standard_normal(16_000), 16_000)
    monkeypatch.setattr(people, "_listener", lambda: lambda wave: "Walk, said the Margrave!")
    made = people.build_people(tmp_path / "shared", tmp_path / "out")
    corpus = SpeechCorpus(tmp_path / "out", "train")
    assert made == len(corpus) == sum(for_fitting(speaker) for speaker in SPEAKERS) > 2
    assert all(for_fitting(u.voice.removeprefix("librispeech-")) for u in corpus.utterances)
    assert {u.text for u in corpus.utterances} == {"walk said the margrave"}
    assert corpus.mel(1).shape == (corpus.utterances[1].frames, 80)
    others = json.loads((tmp_path / "out" / people.PRONOUNCED).read_text())
    words = WordList.make(["walk"], {"walk": ["w", "ao", "k"]})
    assert words.encode("walk said the margrave") == [1, 2, 2, 2]
    assert len(words.encode_phones("said walk", others)) == 3  # phones that no word of the list has are left out
