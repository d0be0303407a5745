"""The moving picture at the top of the README: instructions and their motions.

    .venv/bin/python tests/demo/hero.py dist/voice_to_motion-VERSION.zip A.wav B.wav C.wav --out tests/demo/reference/demo.gif

The same way as the demo's: the installed extension's own buttons, one take of each recording, nothing chosen or retouched. The
words over each picture are the ones that were heard. The recordings of the picture in the repository were spoken by
`flite -voice slt -t "do three jumping jacks" -o B.wav`, with the seed that is this script's default.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from scene import MODULE, Clock, generate

PICTURE = (272, 320)
BUBBLE, GAP = 74, 6
FRAMES_PER_SECOND = 12.5  # of the gif: 80 ms, which every browser keeps to
HOLD = 0.8  # seconds that the last picture stays
INK, PAPER, PANEL = (32, 36, 42), (255, 255, 255), (236, 239, 243)


def film(audio: Path, seed: int, folder: Path) -> tuple[str, list[Path]]:
    """Generate one motion in an empty scene and render it; return words and pictures."""
    import bpy
    import numpy as np
    import pictures
    import stage

    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = 30, 1.0
    generate(argparse.Namespace(audio=audio, seed=seed, seconds=None), Clock())
    cache = import_module(f"{MODULE}.runtime.configuration").cache_folder()
    written = max(Path(cache).rglob("*.npz"), key=lambda path: path.stat().st_mtime)
    with np.load(written, allow_pickle=False) as motion:
        heard, frames = str(motion["heard"]), len(motion["poses"])
    scene.frame_end = scene.frame_start + frames - 1
    armature = next(thing for thing in scene.objects if thing.type == "ARMATURE")
    scene.render.resolution_x, scene.render.resolution_y = PICTURE
    heads, pelvis = stage.joint_paths(scene, armature)
    stage.add_floor(scene, heads)
    stage.add_light(scene)
    stage.add_camera(scene, heads, pelvis)
    stage.set_workbench(scene)
    step = 30 / FRAMES_PER_SECOND
    chosen = [scene.frame_start + round(number * step) for number in range(int((frames - 1) / step) + 1)]
    pictures.STILL = PICTURE
    return heard, pictures.render_stills(scene, chosen, folder)


def compose(films: list[tuple[str, list[Path]]], path: Path) -> None:
    """Put the films beside each other under what was said, and write the gif.

    The shorter ones wait for the longest.
    """
    from PIL import Image, ImageDraw, ImageFont

    count = max(len(stills) for _, stills in films) + round(HOLD * FRAMES_PER_SECOND)
    size = (len(films) * (PICTURE[0] + GAP) - GAP, BUBBLE + PICTURE[1])
    sheet = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(17)
    for number, (heard, _) in enumerate(films):
        left = number * (PICTURE[0] + GAP)
        draw.rounded_rectangle((left, 0, left + PICTURE[0] - 1, BUBBLE - 14), 12, PANEL)
        draw.polygon([(left + 128, BUBBLE - 15), (left + 148, BUBBLE - 15), (left + 138, BUBBLE - 4)], PANEL)
        text = _wrapped(f"“{heard}”", font, PICTURE[0] - 24)
        box = draw.multiline_textbbox((0, 0), text, font)
        place = (left + (PICTURE[0] - box[2]) / 2, (BUBBLE - 14 - box[3]) / 2 - 2)
        draw.multiline_text(place, text, INK, font, align="center")
    frames = []
    for index in range(count):
        frame = sheet.copy()
        for number, (_, stills) in enumerate(films):
            with Image.open(stills[min(index, len(stills) - 1)]) as still:
                frame.paste(still.convert("RGB"), (number * (PICTURE[0] + GAP), BUBBLE))
        frames.append(frame)
    # One palette and no dithering: what does not move stays the same bytes, and the file small.
    palette = frames[len(frames) // 2].quantize(96)
    indexed = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    milliseconds = round(1000 / FRAMES_PER_SECOND)
    path.parent.mkdir(parents=True, exist_ok=True)
    indexed[0].save(path, save_all=True, append_images=indexed[1:], duration=milliseconds, loop=0, optimize=True)


def _wrapped(text: str, font: object, width: int) -> str:
    """Words in as few lines as fit."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        lines = [*lines[:-1], longer] if font.getlength(longer) <= width else [*lines, word]
    return "\n".join(lines)


def main() -> None:
    """Everything, in order."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("extension", type=Path, help="the extension's zip")
    parser.add_argument("audio", type=Path, nargs="+", help="spoken instructions")
    parser.add_argument("--out", type=Path, required=True, help="the gif")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="voice-to-motion-hero-") as home:
        os.environ["BLENDER_USER_RESOURCES"] = home
        os.environ.setdefault("VOICE_TO_MOTION_PYTHON", sys.executable)
        import bpy

        bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
        archive = str(options.extension.resolve())
        bpy.ops.extensions.package_install_files(repo="user_default", filepath=archive, enable_on_install=True)
        try:
            films = []
            for number, audio in enumerate(options.audio):
                folder = Path(home) / f"film-{number}"
                folder.mkdir()
                films.append(film(audio.resolve(), options.seed, folder))
        finally:
            bpy.ops.preferences.addon_disable(module=MODULE)  # ends the backend
        compose(films, options.out)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB", flush=True)


if __name__ == "__main__":
    main()
    os._exit(0)  # as in scene.py: Blender's teardown as a module has been seen to hang
