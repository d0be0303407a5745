"""The commands of `python -m backend`, one module each; `backend.cli` puts them together."""
