"""Takes: what was spoken, recorded or loaded, kept with the .blend.

The microphone itself belongs to the backend.
"""
