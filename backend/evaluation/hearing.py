"""How many words the encoder gets wrong: word error rates on a corpus of speech, by voice and by decoder.

Used by training on its validation split and by the command line on the held-out voices. Counting is jiwer's.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch

from backend.audio.encoder import AudioEncoder
from backend.audio.words import greedy, spell
from backend.data.speech.speaking import SpeechCorpus


@torch.inference_mode()
def recognise(encoder: AudioEncoder, corpus: SpeechCorpus, numbers: list[int], bf16: bool = False) -> dict[str, list[str]]:
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
            heard["greedy"][k] = encoder.words.decode(greedy(frames[:length]))
            heard["beam"][k] = text
    if not encoder.language:
        heard.pop("beam")
    return heard


def word_errors(corpus: SpeechCorpus, numbers: list[int], heard: list[str]) -> float:
    """Word error rate, 0..; jiwer does the counting."""
    import jiwer

    said = [" ".join(spell(corpus.utterances[n].text)) for n in numbers]
    return float(jiwer.wer(said, heard))


def test(encoder: AudioEncoder, folder: Path) -> dict[str, float]:
    """Word error rates on a test corpus: of all, and of each voice, by each decoder; the texts go to heard.jsonl."""
    corpus = SpeechCorpus(folder)
    numbers = list(range(len(corpus)))
    heard = recognise(encoder, corpus, numbers)
    result = {}
    for how, texts in heard.items():
        result[f"all {how}"] = word_errors(corpus, numbers, texts)
        for voice in sorted({u.voice for u in corpus.utterances}):
            mine = [n for n in numbers if corpus.utterances[n].voice == voice]
            result[f"{voice} {how}"] = word_errors(corpus, mine, [texts[n] for n in mine])
    with (folder / "heard.jsonl").open("w") as file:
        for n in numbers:
            row = {"voice": corpus.utterances[n].voice, "said": corpus.utterances[n].text}
            file.write(json.dumps(row | {how: texts[n] for how, texts in heard.items()}) + "\n")
    return result
