"""Training: one script for each model, and the loop they share. Never in the extension's zip.

The networks are in `model`, data in `data`, what weights are worth in `evaluation`.
"""
