"""Training the encoder on a language of whistles: it learns to spell it, resumes, exports and encodes a corpus."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from backend.audio.encoder import AudioEncoder, EncoderConfig, load_encoder
from backend.audio.features import SAMPLE_RATE, log_mel
from backend.audio.whisper_stem import WhisperStem
from backend.audio.words import WordList, WordModel
from backend.data.speech.augment import MelAugmentConfig
from backend.data.speech.corpus import VERSIONS, SpeechFeatures, encode_corpus
from backend.data.speech.speaking import SpeechCorpus
from backend.data.speech.voices import available, say_all
from backend.errors import UserError
from backend.evaluation.word_errors import corpus_word_error_rate, word_error_rates
from backend.packs.pack import WEIGHTS
from backend.training import encoder as training
from backend.training.encoder_data import EncoderBatches
from backend.training.training_loop import LoopConfig

WHISTLES = {"walk": 500.0, "jump": 1200.0, "wave": 2500.0}
WORDS = WordList.make(WHISTLES, {word: [word[0], word[1]] for word in WHISTLES})


def whistle(text: str, rng: np.random.Generator) -> np.ndarray:
    time = np.arange(int(0.2 * SAMPLE_RATE)) / SAMPLE_RATE
    parts = [np.zeros(1600)]
    for word in text.split():
        parts += [np.sin(2 * np.pi * WHISTLES[word] * time), np.zeros(int(rng.uniform(800, 1600)))]
    wave = np.concatenate(parts)
    return (wave + 0.01 * rng.standard_normal(len(wave))).astype(np.float32)


@pytest.fixture
def corpus(tmp_path):
    rng = np.random.default_rng(0)
    rows, mels, start = [], [], 0
    for number in range(64):
        text = " ".join(rng.choice(list(WHISTLES), rng.integers(1, 5)))
        mel = log_mel(whistle(text, rng)).astype(np.float16)
        rows.append({"id": f"{number}", "text": text, "key": "", "voice": "whistle", "style": "original",
                     "split": "val" if number % 8 == 0 else "train", "rough": False, "shard": 0, "start": start,
                     "frames": len(mel)})  # fmt: skip
        mels.append(mel)
        start += len(mel)
    np.save(tmp_path / "shard_00000.npy", np.concatenate(mels))
    (tmp_path / "utterances.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    return tmp_path


def settings(corpus, **loop) -> training.EncoderTraining:
    loops = {"steps": 10, "learning_rate": 3e-3, "warmup": 20, "bf16": False, "device": "cpu", "validate_every": 1000}
    return training.EncoderTraining(
        corpora=(str(corpus), str(corpus / "missing")), run=str(corpus / "run"), out=str(corpus / "out"), frames=1500,
        model=EncoderConfig(width=48, blocks=2, heads=2, feed_forward=96, channels=8, phone_block=1),
        augment=MelAugmentConfig(warp=(0.97, 1.03), speed=(0.9, 1.1), frequency_masks=0, time_masks=0,
        noise_chance=0.2), loop=LoopConfig(**(loops | loop)),
    )  # fmt: skip


@pytest.fixture
def whistled(monkeypatch):
    monkeypatch.setattr(training, "word_list", lambda: WORDS)
    flat = WordModel.estimate([[1], [2], [3]], classes=5)
    monkeypatch.setattr(training, "caption_language", lambda words, captions: flat)


def test_batches_are_reproducible_and_cover_an_epoch(corpus):
    config = settings(corpus)
    made = [
        EncoderBatches([SpeechCorpus(corpus, "train")], WORDS, frames=config.frames, augment=config.augment, noises=corpus / "none",
                       seed=0, curriculum=True, device=torch.device("cpu")) for _ in range(2)
    ]  # fmt: skip
    for epoch in (0, 1):
        plan = made[0].plan(epoch)
        assert sorted(np.concatenate(plan)) == list(range(56))
        assert max(len(b) * made[0].sizes[b].max() for b in plan) <= config.frames
    late, again = (b.draw(17, np.random.default_rng(17)) for b in made)
    assert torch.equal(late.mel, again.mel) and torch.equal(late.words, again.words)
    assert int(late.word_counts.sum()) == len(late.words)


@pytest.mark.slow
def test_it_learns_to_spell(corpus, whistled):
    outcome = training.train(settings(corpus, steps=260))
    assert outcome.finished and outcome.metrics["wer_greedy"] < 0.2
    encoder = load_encoder(corpus / "out")
    heard = encoder.hear(whistle("jump wave walk", np.random.default_rng(5)))
    assert heard == "jump wave walk"
    facts = json.loads((corpus / "out" / "encoder.json").read_text())["training"]
    assert facts["steps"] == 260 and facts["utterances"] == 56


def test_a_run_keeps_its_word_list_and_encodes_a_corpus(corpus, whistled, monkeypatch):
    training.train(settings(corpus))
    monkeypatch.setattr(training, "word_list", lambda: pytest.fail("the run has a word list already"))
    assert training.train(settings(corpus, steps=12)).step == 12
    encoder = load_encoder(corpus / "out")
    with pytest.raises(UserError, match="not been turned into features"):
        SpeechFeatures(corpus)
    assert encode_corpus(corpus, encoder, corpus) == 64
    features = SpeechFeatures(corpus)
    assert len(features) == 64 and features.versions == VERSIONS
    utterances = SpeechCorpus(corpus).utterances
    for number in (0, 31, 63):
        assert features.get(number).shape == (-(-utterances[number].frames // 4), 48)
        assert np.isfinite(features.get(number, 1)).all()
    mel, lengths = SpeechCorpus(corpus).batch([31])
    alone = encoder(mel, lengths).features[0].detach().numpy()
    assert np.abs(features.get(31) - alone).mean() < 0.002  # float16 in the file


def test_it_begins_with_whispers_layers_and_keeps_the_lowest(corpus, whistled, monkeypatch):
    torch.manual_seed(3)
    whispers = {name: torch.randn_like(value) * 0.02 for name, value in WhisperStem(2, 8).state_dict().items()
                if name.startswith(("convolutions", "layers"))}  # fmt: skip
    monkeypatch.setattr(training, "stem_weights", lambda layers: whispers)
    config = settings(corpus, steps=3, learning_rate=1e-3, warmup=1)
    config.model = replace(config.model, stem_layers=2)
    assert training.train(config).finished
    trained = load_encoder(corpus / "out").subsampling.state_dict()
    moved = {name: float((trained[name] - value).abs().max()) for name, value in whispers.items()}
    still = [name for name in moved if name.startswith(("convolutions", "layers.0."))]
    assert max(moved[name] for name in still) < 1e-4  # float16 in the file
    assert moved["layers.1.feed_out.weight"] > 1e-4


def test_it_goes_on_with_more_words_than_it_had(corpus, whistled, monkeypatch):
    training.train(settings(corpus))
    old = load_encoder(corpus / "out")
    more = WordList.make(["dash", *WHISTLES], {"dash": ["w", "a"]} | WORDS.pronounced)
    monkeypatch.setattr(training, "word_list", lambda: more)
    monkeypatch.setattr(training, "caption_language", lambda words, captions: WordModel.estimate([[1], [2], [3], [4]], classes=6))
    config = replace(settings(corpus, steps=2), init=str(corpus / "out"), run=str(corpus / "more"), out=str(corpus / "longer"))
    assert training.train(config).finished
    encoder = load_encoder(corpus / "longer")
    assert encoder.words.words == ("jump", "walk", "wave", "dash", "<unk>") and encoder.config.words == 5
    monkeypatch.setattr(training, "word_list", lambda: pytest.fail("the run has a word list already"))
    training.train(replace(config, loop=replace(config.loop, steps=3)))
    assert load_encoder(corpus / "longer").words == encoder.words

    grown = training.grown_state(old, encoder.words)["word_head.weight"]
    before = old.word_head.weight
    assert torch.equal(grown[:4], before[:4]) and torch.equal(grown[5], before[4])
    torch.testing.assert_close(grown[4], before[1:4].mean(0))
    with pytest.raises(ValueError, match="another order"):
        training.grown_state(old, more)


def test_the_shipped_encoder_hears_the_same_with_more_words():
    old = load_encoder(WEIGHTS / "ear")
    phones = old.words.pronounced["walk"]
    words = old.words.extended([f"new{chr(97 + n)}{chr(97 + m)}" for n in range(8) for m in range(8)], {"newaa": phones})
    encoder = AudioEncoder(EncoderConfig(**asdict(old.config) | {"words": len(words.words)}), words).eval()
    encoder.load_state_dict(training.grown_state(old, words))
    old.language = None
    rng = np.random.default_rng(0)
    waves = [whistle("jump wave walk", rng), rng.standard_normal(16_000).astype(np.float32)]
    texts = ("walk forward and then wave with your right hand", "jump up twice", "turn to the left slowly")
    if all(available().values()):
        waves += say_all(list(texts), ["rms", "slt", "kal16"])
    heard = [old.hear(wave) for wave in waves]
    assert [encoder.hear(wave) for wave in waves] == heard
    mel = torch.from_numpy(log_mel(waves[0]))[None]
    with torch.no_grad():
        before, after = (e(mel, torch.tensor([mel.shape[1]])) for e in (old, encoder))
    known = len(old.words.words)
    assert torch.equal(before.features, after.features)
    torch.testing.assert_close(before.word_logits[..., :known], after.word_logits[..., :known])
    torch.testing.assert_close(before.word_logits[..., -1], after.word_logits[..., -1])


def test_word_errors_are_counted_by_word(corpus):
    speech = SpeechCorpus(corpus)
    numbers = [0, 1, 2]
    said = [speech.utterances[n].text for n in numbers]
    assert corpus_word_error_rate(speech, numbers, said) == 0.0
    wrong = [said[0] + " walk", *said[1:]]
    assert corpus_word_error_rate(speech, numbers, wrong) == pytest.approx(1 / sum(len(t.split()) for t in said))


def test_results_are_split_by_voice(corpus, whistled):
    rows = [json.loads(line) for line in (corpus / "utterances.jsonl").read_text().splitlines()]
    rows = [row | {"voice": ("awb", "ked_diphone")[n % 2]} for n, row in enumerate(rows)]
    (corpus / "utterances.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    training.train(replace(settings(corpus)))
    result = word_error_rates(load_encoder(corpus / "out"), corpus)
    assert {"all greedy", "all beam", "awb greedy", "ked_diphone beam"} <= set(result)
    assert len((corpus / "heard.jsonl").read_text().splitlines()) == 64
