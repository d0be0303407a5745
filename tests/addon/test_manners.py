"""Commands behave as Blender's own: F3 finds them, a disabled one says why, undo knows them."""

from __future__ import annotations

from types import SimpleNamespace

ALWAYS = {"select_audio"}  # can be pressed at any time, so that there is no reason to say
# They change nothing of the file: only the session, the disk or the clipboard, or an undo step follows when they end.
WITHOUT_UNDO = {
    "record", "stop_recording", "discard_recording", "record_again", "play_take", "stop_playing", "find_microphones",
    "generate", "generate_nearest", "regenerate_range", "find_instructions", "find_in_strip", "direct", "cancel",
    "remove_from_queue", "batch", "cancel_batch", "retry_batch", "open_batch_folder", "clear_message", "save_bone_map",
    "doctor", "copy_report", "open_logs", "apply_motion_file", "export_motion",
    "set_up_runtime", "install_runtime_pack", "cancel_runtime", "remove_runtime", "move_runtime",
}  # fmt: skip


def internal(extension) -> set[str]:
    """Called with what only the row that is clicked knows, or by other operators."""
    return {name for name, cls in named(extension).items() if "INTERNAL" in cls.bl_options}


def named(extension) -> dict[str, type]:
    return {cls.bl_idname.partition(".")[2]: cls for cls in extension("operators").CLASSES}


class Layout:
    """Notes which operators a menu draws, those of its submenus too."""

    def __init__(self, blender, found: set[str]) -> None:
        self.blender, self.found = blender, found

    def operator(self, name: str, **_):
        self.found.add(name.partition(".")[2])
        return SimpleNamespace()

    def menu(self, name: str, **_) -> None:
        menu = getattr(self.blender.types, name)
        if name.startswith("VOICE_TO_MOTION"):
            menu.draw(SimpleNamespace(layout=self), self.blender.context)

    def separator(self, **_) -> None:
        pass


def test_search_finds_every_command(extension, blender, character):
    """F3 searches the menus that are reachable from the editor."""
    found: set[str] = set()
    for _, draw in extension("panels.menus")._ENTRIES:
        draw(SimpleNamespace(layout=Layout(blender, found)), blender.context)
    assert found <= set(named(extension)), "a menu names a command that does not exist"
    missing = set(named(extension)) - found - internal(extension)
    assert not missing, f"add them to addon/panels/menus.py: {sorted(missing)}"


def test_every_disabled_command_says_why(extension):
    explained = extension("operators.reasons").Explained
    silent = {name for name, cls in named(extension).items() if not issubclass(cls, explained)}
    assert silent <= ALWAYS | internal(extension)
    assert all("poll" not in vars(cls) for cls in named(extension).values()), "polls go by way of disabled_reason"


def test_undo_knows_every_change(extension):
    without = {name for name, cls in named(extension).items() if "UNDO" not in cls.bl_options}
    assert without <= WITHOUT_UNDO, "give them UNDO, or say why not"


def test_reasons_are_sentences(extension, blender, scene):
    """In an empty scene most commands cannot run; what they say fits into a tooltip."""
    reasons = {
        name: cls.disabled_reason(blender.context) for name, cls in named(extension).items() if hasattr(cls, "disabled_reason")
    }
    said = {name: reason for name, reason in reasons.items() if reason}
    assert len(said) > 20
    for name, reason in said.items():
        assert 10 < len(reason) < 200 and not reason.endswith(".") and reason[0].isupper(), f"{name}: {reason}"


def test_everything_that_is_shown_has_a_tooltip(extension, blender):
    """Commands, their settings, those of panels, preferences, actions and armatures, and each choice of a menu."""
    silent, types = [], blender.types
    kinds = types.Operator | types.PropertyGroup | types.AddonPreferences
    shown = [cls for cls in extension().CLASSES if issubclass(cls, kinds)]
    assert len(shown) > 60
    for cls in shown:
        rna = cls.bl_rna
        if issubclass(cls, types.Operator):
            rna = getattr(blender.ops.voice_to_motion, cls.bl_idname.partition(".")[2]).get_rna_type()
            if len(rna.description) < 8:
                silent.append(cls.bl_idname)
        for name in getattr(cls, "__annotations__", {}):
            prop = rna.properties.get(name)
            if prop is None or prop.is_hidden or prop.type == "COLLECTION":
                continue
            choices = [item for item in getattr(prop, "enum_items_static", ()) if len(item.description) < 8]
            if len(prop.description) < 8 and not name.startswith("filter_"):
                silent.append(f"{cls.__name__}.{name}")
            silent += [f"{cls.__name__}.{name}: {item.name}" for item in choices]
    assert not silent, "say in a description what they do:\n" + "\n".join(sorted(silent))
