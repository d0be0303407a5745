"""Finding the backend in the zip's layout and in a checkout's, and its interpreter in the order that is promised."""

from __future__ import annotations

import pytest


@pytest.fixture
def location(extension, monkeypatch):
    monkeypatch.delenv("VOICE_TO_MOTION_PYTHON", raising=False)
    return extension("runtime.location")


def make(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return folder


BODY = "backend/motion/default_body.json"


def test_zip_layout(location, tmp_path):
    assert location.backend_folder(make(tmp_path, BODY)) == tmp_path / "backend"


def test_checkout_layout(location, tmp_path):
    make(tmp_path, BODY, "addon/__init__.py")
    assert location.backend_folder(tmp_path / "addon") == tmp_path / "backend"


def test_incomplete_installation(location, tmp_path):
    with pytest.raises(location.BackendNotFoundError, match="incomplete"):
        location.backend_folder(tmp_path)


def test_order_preferences_environment_checkout(location, tmp_path, monkeypatch):
    make(tmp_path, BODY, "addon/__init__.py", "chosen", "variable")
    addon = tmp_path / "addon"
    with pytest.raises(location.BackendNotFoundError, match="not set") as error:
        location.find_backend_python("", addon)
    assert "at the top of the panel" in error.value.hint
    make(tmp_path, ".venv/bin/python", ".venv/Scripts/python.exe")
    assert location.find_backend_python("", addon).parent.parent == tmp_path / ".venv"
    monkeypatch.setenv("VOICE_TO_MOTION_PYTHON", str(tmp_path / "variable"))
    assert location.find_backend_python("", addon) == tmp_path / "variable"
    assert location.find_backend_python(str(tmp_path / "chosen"), addon) == tmp_path / "chosen"


@pytest.mark.parametrize("where", ["preferences", "environment"])
def test_what_is_set_must_exist(location, tmp_path, monkeypatch, where):
    if where == "environment":
        monkeypatch.setenv("VOICE_TO_MOTION_PYTHON", str(tmp_path / "none"))
    with pytest.raises(location.BackendNotFoundError, match=where):
        location.find_backend_python(str(tmp_path / "none") if where == "preferences" else "", tmp_path)


def test_a_virtual_environments_link_is_not_followed(location, tmp_path):
    make(tmp_path, "python3")
    (tmp_path / "link").symlink_to(tmp_path / "python3")
    assert location.find_backend_python(str(tmp_path / "link")) == tmp_path / "link"
