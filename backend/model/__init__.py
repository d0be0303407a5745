"""The networks: motion tokenizer, memory-retrieval attention, masked and residual transformers, and the pipeline of them all."""
