"""Word error rates (jiwer's) of texts, and of an encoder on a corpus of speech."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import torch

from backend.audio.ctc import greedy_decode
from backend.audio.encoder import AudioEncoder
from backend.audio.words import split_words
from backend.data.speech.speaking import SpeechCorpus


def word_error_rate(pairs: Iterable[tuple[str, str]]) -> float:
    """Word error rate of (said, heard) texts; 0.0 of none."""
    import jiwer

    said, heard = zip(*pairs, strict=True) if (pairs := list(pairs)) else ([], [])
    return float(jiwer.wer(list(said), list(heard))) if said else 0.0


@torch.inference_mode()
def transcribe(encoder: AudioEncoder, corpus: SpeechCorpus, numbers: list[int], bf16: bool = False) -> dict[str, list[str]]:
    """Heard text of utterances, {"greedy": [...], "beam": [...]} in the order of ``numbers``."""
    device = encoder.word_head.weight.device
    order = sorted(range(len(numbers)), key=lambda k: corpus.utterances[numbers[k]].frames)
    heard: dict[str, list[str]] = {"greedy": [""] * len(numbers), "beam": [""] * len(numbers)}
    for start in range(0, len(order), 32):
        chunk = order[start : start + 32]
        mel, lengths = corpus.batch([numbers[k] for k in chunk])
        with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
            out = encoder(mel.to(device), lengths)
        log_probs = out.word_logits.float().log_softmax(-1).cpu().numpy()
        texts = encoder.words_of(out)
        for k, frames, length, text in zip(chunk, log_probs, out.lengths.tolist(), texts, strict=True):
            heard["greedy"][k] = encoder.words.decode(greedy_decode(frames[:length]))
            heard["beam"][k] = text
    if not encoder.language:
        heard.pop("beam")
    return heard


def corpus_word_error_rate(corpus: SpeechCorpus, numbers: list[int], heard: list[str]) -> float:
    """Word error rate over utterances of a corpus, given what was heard in each of them."""
    said = (" ".join(split_words(corpus.utterances[number].text)) for number in numbers)
    return word_error_rate(zip(said, heard, strict=True))


def word_error_rates(encoder: AudioEncoder, folder: Path) -> dict[str, float]:
    """Word error rates on a test corpus by decoder and voice; the texts go to heard.jsonl."""
    corpus = SpeechCorpus(folder)
    numbers = list(range(len(corpus)))
    heard = transcribe(encoder, corpus, numbers)
    result = {}
    for decoder, texts in heard.items():
        result[f"all {decoder}"] = corpus_word_error_rate(corpus, numbers, texts)
        for voice in sorted({utterance.voice for utterance in corpus.utterances}):
            mine = [number for number in numbers if corpus.utterances[number].voice == voice]
            result[f"{voice} {decoder}"] = corpus_word_error_rate(corpus, mine, [texts[number] for number in mine])
    with (folder / "heard.jsonl").open("w", encoding="utf-8") as file:
        for number in numbers:
            row = {"voice": corpus.utterances[number].voice, "said": corpus.utterances[number].text}
            file.write(json.dumps(row | {decoder: texts[number] for decoder, texts in heard.items()}) + "\n")
    return result
