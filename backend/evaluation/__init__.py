"""Measuring what comes out: probes, metrics, experiments, the page, pictures. Never in the extension's zip.

Nothing here trains or changes a model.
"""
