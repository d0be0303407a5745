"""Takes: spoken instructions, recorded or loaded, kept with the .blend.

The microphone itself belongs to the backend.
"""
