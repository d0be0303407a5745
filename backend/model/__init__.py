"""The paper's networks: tokenizer, memory-retrieval attention, masked and residual transformers.

What surrounds them to answer a request is in `generation`; how they learn is in `training`.
"""
