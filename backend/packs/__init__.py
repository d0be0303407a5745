"""Packs of weights and the files they consist of: safetensors and npz.

The networks that the weights belong to are in `model` and `audio`.
"""
