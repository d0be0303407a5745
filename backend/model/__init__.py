"""The networks: motion tokenizer, memory-retrieval attention, the two transformers.

`audio_to_motion` is paper A's figure. What surrounds the networks to answer a request is in `generation`; how they learn is in
`training`.
"""
