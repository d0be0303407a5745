"""EVALUATION.md: the results of `evaluate all` with plots, bars and what the numbers mean.

`page` puts `tables`, `explanations` and `plots` together. Nothing is measured here, and no number is typed here.
"""
