"""Measures models: probes, metrics, experiments, EVALUATION.md. Not in the extension's zip.

Nothing here trains or changes a model.
"""
