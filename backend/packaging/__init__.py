"""Sets up what the project runs on, and packs what it ships: the parts of `build.py`.

Standard library only, and no Blender: this code runs on the bare Python of a machine on which nothing is installed yet.
It lives under `backend/` because it makes the backend's environment; it is left out of the extension, which never
installs packages by itself.
"""
