"""The sealed test sets: sentences written before the training, and how answers are judged.

`prompts` reads the sentences and what a fair judge accepts, `answers` takes what the product says it understood, `judging` compares
the two, `results` counts, `seal` keeps the hashes and every run. Whether the body does what was understood is the probes' question.
Nobody who works on words or models reads the sets themselves (tests/sealed/README.md).
"""
