"""Packs of weights and the files they consist of: safetensors, npz, and sentences about files.

The networks that the weights belong to are in `model` and `audio`.
"""
