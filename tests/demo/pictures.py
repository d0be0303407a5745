"""Film and contact sheet of a finished scene: what people look at first.

Blender renders and encodes; Pillow puts the stills together. The scene is only read, apart from its render settings.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bpy
import numpy as np
from PIL import Image, ImageDraw, ImageFont

FILM = (640, 360)
STILL = (320, 400)
COLUMNS = 5
INK, PAPER, GAP, HEADING = (32, 36, 42), (244, 245, 247), 8, 76


def render_film(scene: bpy.types.Scene, folder: Path, name: str) -> Path:
    """Render every frame into `folder/name.mp4` with the scene's sound.

    Where Blender has no encoder, it becomes a gif.
    """
    scene.render.resolution_x, scene.render.resolution_y = FILM
    if not bpy.app.ffmpeg.supported:
        return _render_gif(scene, folder / f"{name}.gif")
    path = folder / f"{name}.mp4"
    settings = scene.render
    settings.image_settings.file_format = "FFMPEG"
    settings.ffmpeg.format, settings.ffmpeg.codec = "MPEG4", "H264"
    settings.ffmpeg.constant_rate_factor, settings.ffmpeg.ffmpeg_preset = "HIGH", "GOOD"
    settings.ffmpeg.gopsize, settings.ffmpeg.audio_codec = 30, "AAC"
    settings.filepath = str(path)
    settings.use_file_extension = False
    scene.display.render_aa = "FXAA"  # five samples, as the stills have, take 100 s of processor time for 220 frames, this 45 s
    with _quiet():
        bpy.ops.render.render(animation=True)
    return path


def render_stills(scene: bpy.types.Scene, frames: list[int], folder: Path) -> list[Path]:
    """Render these frames upright, as `folder/pose-FRAME.png`."""
    scene.render.resolution_x, scene.render.resolution_y = STILL
    return [_render_frame(scene, frame, folder / f"pose-{frame}.png") for frame in frames]


def contact_sheet(stills: list[Path], captions: list[str], heading: str, subheading: str, path: Path) -> None:
    """Put the stills in rows under a heading, each with its caption."""
    rows = -(-len(stills) // COLUMNS)
    size = (COLUMNS * (STILL[0] + GAP) + GAP, HEADING + rows * (STILL[1] + GAP))
    sheet = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((GAP + 4, 8), heading, INK, ImageFont.load_default(28))
    draw.text((GAP + 4, 46), subheading, (96, 102, 112), ImageFont.load_default(17))
    for number, (still, caption) in enumerate(zip(stills, captions, strict=True)):
        place = (GAP + number % COLUMNS * (STILL[0] + GAP), HEADING + number // COLUMNS * (STILL[1] + GAP))
        with Image.open(still) as image:
            sheet.paste(image.convert("RGB"), place)
        draw.text((place[0] + 10, place[1] + 8), caption, INK, ImageFont.load_default(17))
    sheet.save(path, optimize=True)


def spread_frames(start: int, end: int, count: int) -> list[int]:
    """Up to ``count`` different frames from start to end, both included, evenly spaced."""
    return sorted({round(frame) for frame in np.linspace(start, end, count).tolist()})


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the lines that Blender's C code prints for every frame from the terminal."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _render_frame(scene: bpy.types.Scene, frame: int, path: Path) -> Path:
    scene.frame_set(frame)
    scene.render.image_settings.file_format = "PNG"
    scene.render.filepath = str(path)
    with _quiet():
        bpy.ops.render.render(write_still=True)
    return path


def _render_gif(scene: bpy.types.Scene, path: Path) -> Path:
    """Every second frame, at half size: a gif of everything would be tens of megabytes."""
    frames = []
    for frame in range(scene.frame_start, scene.frame_end + 1, 2):
        still = _render_frame(scene, frame, path.with_name("frame.png"))
        with Image.open(still) as image:
            frames.append(image.convert("RGB").resize((FILM[0] // 2, FILM[1] // 2)).quantize(64))
        still.unlink()
    milliseconds = 2000 * scene.render.fps_base / scene.render.fps
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=milliseconds, loop=0)
    return path
