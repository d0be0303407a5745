"""The microphones the backend found, for the menu in the panel. Asking is `operators.microphones`' job."""

from __future__ import annotations

names: list[str] = []  # of this machine; which one is chosen is saved in the scene
asked = False  # whether the backend has answered yet


def remember(found: object) -> None:
    """Take in the backend's list, ``[{"name": ...}, ...]``; what is none is left out."""
    global asked  # noqa: PLW0603  (one machine, one list)
    asked = True
    devices = found if isinstance(found, list) else []
    given = [device.get("name") for device in devices if isinstance(device, dict)]
    names[:] = dict.fromkeys(name[:200] for name in given if isinstance(name, str) and name)
