"""The commands of `python -m backend`, one module each; `backend.cli` puts them together.

They print and return exit codes; the work is done in other rooms.
"""
