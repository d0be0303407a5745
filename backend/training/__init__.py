"""Training: one script a model, the loop they share, and recipes. Never in the zip.

The networks are in `model`, data in `data`, what weights are worth in `evaluation`.
"""
