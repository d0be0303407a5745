"""Readers of motion made elsewhere, and the maps of the rigs it was made on.

Retargeting itself is in `motion`.
"""
