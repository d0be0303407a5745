"""What a file is that cannot be read as a recording, by its first bytes."""

from __future__ import annotations

from pathlib import PurePath
from typing import BinaryIO

from backend.errors import UserError

KNOWN = "sound or video file, such as wav, mp3, m4a or mp4"
CONVERT = "Convert it to wav or m4a first."
HEAD, ENDS = 4096, 4 << 20  # bytes that are looked at: first ones, and at either end for locks
READABLE = 0.95  # share of printable characters in a text

# (offset, bytes, name) of what people take for a recording, or choose by mistake
SIGNATURES = (
    (0, b"MThd", "a MIDI file"), (8, b"RMID", "a MIDI file"), (0, b"Extended Module:", "a tracker module"),
    (0, b"IMPM", "a tracker module"), (44, b"SCRM", "a tracker module"), (1080, b"M.K.", "a tracker module"),
    (8, b"sfbk", "a SoundFont"),
    (0, b"\x89PNG", "a picture"), (0, b"\xff\xd8\xff", "a picture"), (0, b"GIF8", "a picture"), (8, b"WEBP", "a picture"),
    (0, b"II*\0", "a picture"), (0, b"MM\0*", "a picture"), (0, b"8BPS", "a picture"), (0, b"\x76\x2f\x31\x01", "a picture"),
    (0, b"#?RADIANCE", "a picture"), (0, b"DDS ", "a picture"), (0, b"\0\0\1\0", "a picture"), (4, b"JXL \r\n", "a picture"),
    (4, b"jP  \r\n", "a picture"), (0, b"qoif", "a picture"), (4, b"ftypheic", "a picture"),
    (4, b"ftypheix", "a picture"), (4, b"ftypmif1", "a picture"), (4, b"ftypavif", "a picture"),
    (0, b"BLENDER", "a Blender file"), (0, b"Kaydara FBX Binary", "an FBX file"), (0, b"glTF", "a glTF file"),
    (0, b"PXR-USDC", "a USD file"), (0, b"HIERARCHY", "a BVH motion file"), (0, b"\x93NUMPY", "a NumPy array"),
    (0, b"%PDF", "a PDF document"), (0, b"{\\rtf", "a document"), (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
    (0, b"SQLite format 3", "a database or an Audacity project"),
    (0, b"Rar!", "an archive"), (0, b"7z\xbc\xaf", "an archive"), (0, b"\x1f\x8b", "an archive"), (0, b"BZh", "an archive"),
    (0, b"\xfd7zXZ", "an archive"), (0, b"\x28\xb5\x2f\xfd", "an archive"), (257, b"ustar", "an archive"),
    (0, b"-----BEGIN PGP", "an encrypted file"), (0, b"Salted__", "an encrypted file"),
    (0, b"age-encryption.org", "an encrypted file"),
    (0, b"\x7fELF", "a program"), (0, b"MZ", "a program"), (0, b"\xcf\xfa\xed\xfe", "a program"),
    (0, b"#EXTM3U", "a playlist"), (0, b"[playlist]", "a playlist"), (0, b"<!DOCTYPE html", "a web page"),
    (0, b"<html", "a web page"),
)  # fmt: skip
IN_ZIP = (
    (b"word/", "a document"), (b"xl/", "an Office document"), (b"ppt/", "an Office document"), (b".npy", "a NumPy file"),
    (b"mimetypeapplication/vnd.oasis", "an Office document"),
)  # fmt: skip
# What sound files begin with: one of these that cannot be read is damaged.
SOUND = (
    b"RIFF", b"RF64", b"RIFX", b"BW64", b"OggS", b"fLaC", b"ID3", b"FORM", b".snd", b"caff", b"riff", b"#!AMR", b"MAC ", b"wvpk",
    b"\xff\xf1", b"\xff\xf9", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa", b"\x0b\x77", b"\x1a\x45\xdf\xa3", b"FLV\x01",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", b"\0\0\1\xba", b"TTA1", b"DSD ", b"MPCK", b"MP+", b".RMF", b"Creative Voice File",
)  # fmt: skip
HEADERLESS = (".raw", ".pcm", ".sln", ".vox")
# Sample entries of encrypted tracks (six bytes of zero and the number 1 follow each), and ASF's two encryption objects.
LOCKS = (
    *(kind + b"\0\0\0\0\0\0\0\1" for kind in (b"drms", b"enca", b"adrm", b"aavd", b"p608")),
    bytes.fromhex("fbb31122 23bdd211b4b700a0c955fc6e"), bytes.fromhex("14e68a29 2226174cb935dae07ee9289c"),
)  # fmt: skip


def is_protected(stream: BinaryIO) -> bool:
    """Whether a file is locked against copying.

    Purchases of iTunes and Audible, encrypted MP4 and Windows Media are recognised."""
    head = stream.read(ENDS)
    if head[4:8] != b"ftyp" and not head.startswith(b"\x30\x26\xb2\x75"):
        return False
    size = stream.seek(0, 2)
    stream.seek(max(len(head), size - ENDS))
    return any(lock in part for part in (head, stream.read(ENDS)) for lock in LOCKS)


def unreadable_error(name: str, stream: BinaryIO) -> UserError:
    """The error for a file that no decoder reads."""
    stream.seek(0)
    head = stream.read(HEAD)
    what = kind_of(name, head)
    if what:
        return UserError("unsupported_audio", f"{name} is {what}, not a recording.", f"Give a {KNOWN}.")
    if head[4:8] == b"ftyp" and not _has_index(stream):
        return UserError(
            "damaged_audio",
            f"{name} was never finished: the index at its end is missing.",
            "Save it again in the app that recorded it, or record it again.",
        )
    if head.startswith(SOUND) or head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free"):
        return damaged_error(name)
    if PurePath(name).suffix.lower() in HEADERLESS:
        return UserError(
            "unsupported_audio", f"{name} is sound without a header, so its sample rate and format are not known.", CONVERT
        )
    return UserError("unsupported_audio", f"{name} is not an audio file that can be read.", f"Give a {KNOWN}.")


def damaged_error(name: str) -> UserError:
    """The error for a recording of which nothing can be read."""
    return UserError("damaged_audio", f"{name} is damaged or breaks off.", "Export or record it again.")


def kind_of(name: str, head: bytes) -> str:
    """What a file is that is no recording, such as ``a picture``; empty where that is not known.

    Args:
        name: of the file; its ending tells compressed .blend files from archives.
        head: its first bytes.
    """
    if not head.strip(b"\0"):
        return "nothing but zeros"
    if head.startswith(b"PK\x03\x04"):
        return next((what for mark, what in IN_ZIP if mark in head), "an archive")
    if name.lower().endswith(".blend") and head.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd")):
        return "a Blender file"
    for offset, mark, what in SIGNATURES:
        if head[offset:].startswith(mark):
            return what
    if head.startswith(b"BM") and head[6:10] == bytes(4):  # two letters alone would be too little
        return "a picture"
    return "a text" if _is_text(head) else ""


def _is_text(head: bytes) -> bool:
    coding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    text = head.decode(coding, "ignore")
    plain = sum(letter.isprintable() or letter in "\r\n\t\f" for letter in text)
    whole = len(text) > len(head) / 4 and (coding == "utf-16" or b"\0" not in head)
    return whole and plain >= READABLE * len(text)


def _has_index(stream: BinaryIO) -> bool:
    """Whether one of the boxes of an MPEG-4 file is its index."""
    at, end = 0, stream.seek(0, 2)
    while at + 8 <= end:
        stream.seek(at)
        box = stream.read(16)
        size = int.from_bytes(box[:4], "big")
        if box[4:8] == b"moov":
            return at + size <= end
        size = int.from_bytes(box[8:16], "big") if size == 1 else size
        if size < 8:
            return False
        at += size
    return False
