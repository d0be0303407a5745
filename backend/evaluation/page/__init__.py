"""EVALUATION.md: the results of `evaluate all` as a page with plots, bars, and what every number means and does not mean.

`bars` holds the promised values, `sections` the tables, `prose` the explanations, `plots` the pictures, `write` puts the page
together. Nothing is measured here, and no number is typed here.
"""
