"""What the add-on can do, by groups, and which tests look at each: the rows of addon/docs/versions.md.

`VOICE_TO_MOTION_RESULTS=FOLDER` lets tests (conftest.py) and sessions in a window (tests/gui/run.sh) write down there what became
of them; `python -m tests.versions` makes the table of it.
"""

from __future__ import annotations

from pathlib import Path

# Group -> test files or folders below tests/addon, and sessions of tests/gui.
GROUPS: dict[str, tuple[str, ...]] = {
    "Recording and takes": ("takes", "takes_session", "real_session"),
    "Generating, queue, cancel": (
        "link", "operators", "panels", "motion",
        "panel_session", "files_session", "real_session",
    ),
    "Menus, several scenes, reload, quit": ("test_registration.py", "test_manners.py", "scenes_session"),
    "Variations and history": ("takes_session", "real_session"),
    "Clips, keys, frame ranges, NLA strips": ("keys", "clips", "clips_session", "panel_session", "range_session"),
    "Several instructions, timeline": ("timeline", "timeline_session"),
    "Tweaks": ("tweak", "tweak_session"),
    "Our character, IK": ("character", "ik", "rig_session"),
    "Other rigs": ("rigs", "rig_session"),
    "The user's own SMPL-X body": ("smplx", "rig_session"),
    "Folders of recordings": ("batch", "batch_session"),
    "Setting up the backend, doctor": ("runtime", "doctor_session"),
    "Updates from a repository": ("test_updates.py", "update_session"),
    "Languages": ("translations", "language_session"),
}  # fmt: skip
# Not tests of one group: they make pictures for the manual or for a look, or download gigabytes.
PICTURES = ("manual_session", "first_motion_session", "film_session")


def groups_of(name: str) -> list[str]:
    """Groups that a test file (path below tests/addon) or a session belongs to."""
    first = Path(name).parts[0]
    return [group for group, members in GROUPS.items() if first in members]
