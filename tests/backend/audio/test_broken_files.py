"""Broken recordings are read as far as they go, and what is no recording is called what it is."""

import gzip
import struct
import zipfile
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from backend.audio.reading import SAMPLE_RATE, read_instruction
from backend.errors import UserError
from tests.backend.audio.recordings import SECONDS, likeness, voice, write

RATE, LENGTH = 16_000, int(2 * SECONDS * SAMPLE_RATE)  # Hz, bytes of the samples
SAMPLES = (voice(RATE) * 32767).astype("<i2").tobytes()


def fmt(coding=1, channels=1, rate=RATE, second=2 * RATE, frame=2, bits=16, more=b"") -> bytes:
    body = struct.pack("<HHIIHH", coding, channels, rate, second, frame, bits) + more
    return b"fmt " + struct.pack("<I", len(body)) + body


def wav(form=None, data=LENGTH, riff=None, before=b"", between=b"", start=b"RIFF", kind=b"WAVE", samples=SAMPLES) -> bytes:
    body = kind + before + (form or fmt()) + between + b"data" + struct.pack("<I", data) + samples
    return start + struct.pack("<I", len(body) if riff is None else riff) + body


def long_sizes(size: int) -> bytes:
    return b"ds64" + struct.pack("<IQQQI", 28, size and size + 72, size, size // 2, 0)


HEADERS = {
    "no sizes": wav(data=0, riff=0),
    "no size of the samples": wav(data=0),
    "a header from before the recording": wav(data=0, riff=36),
    "the largest sizes": wav(data=0xFFFFFFFF, riff=0xFFFFFFFF),
    "the largest signed sizes": wav(data=0x7FFFFFFF, riff=0x7FFFFFFF),
    "sizes of sox in a pipe": wav(data=0x7FFFF000, riff=0x7FFFF024),
    "a size from the middle of the recording": wav(data=LENGTH // 4),
    "no bytes a second": wav(fmt(second=0)),
    "no size of a frame": wav(fmt(frame=0)),
    "a wrong size of a frame": wav(fmt(frame=4)),
    "no bits": wav(fmt(bits=0)),
    "no coding": wav(fmt(coding=0)),
    "an extension with nonsense": wav(fmt(coding=0xFFFE, more=struct.pack("<HHI", 22, 16, 4) + b"x" * 16)),
    "an extension that is missing": wav(fmt(coding=0xFFFE)),
    "a long format chunk": wav(fmt(more=bytes(24))),
    "junk before the format": wav(before=b"JUNK" + struct.pack("<I", 28) + bytes(28)),
    "an odd chunk without its padding": wav(between=b"LIST" + struct.pack("<I", 13) + b"INFOISFT\1\0\0\0a"),
    "a chunk with an endless size": wav(between=b"abcd\xff\xff\xff\x7f"),
    "zeros before it": bytes(64) + wav(),
    "an ID3 tag before it": b"ID3\x03\0\0\0\0\0\x0a" + bytes(10) + wav(),
    "small letters": wav(start=b"riff", kind=b"wave"),
    "RF64": wav(start=b"RF64", data=0xFFFFFFFF, riff=0xFFFFFFFF, before=long_sizes(LENGTH)),
    "RF64 without sizes": wav(start=b"RF64", data=0xFFFFFFFF, riff=0xFFFFFFFF, before=long_sizes(0)),
    "RF64 without its chunk": wav(start=b"RF64", data=0xFFFFFFFF, riff=0xFFFFFFFF),
    "BW64": wav(start=b"BW64", data=0xFFFFFFFF, riff=0xFFFFFFFF, before=long_sizes(LENGTH)),
}


@pytest.mark.parametrize("name", HEADERS)
def test_wav_headers(tmp_path, name):
    (tmp_path / "a.wav").write_bytes(HEADERS[name])
    notes = []
    wave = read_instruction(tmp_path / "a.wav", notes.append)
    assert abs(len(wave) - SECONDS * SAMPLE_RATE) <= 20 and likeness(wave) > 0.9999 and not notes


@pytest.mark.parametrize("form", [fmt(channels=0), fmt(rate=0), fmt(coding=0x55AA)], ids=["channels", "rate", "coding"])
def test_wav_headers_without_sense(tmp_path, form):
    (tmp_path / "a.wav").write_bytes(wav(form))
    error = refused(tmp_path / "a.wav")
    assert error.code == ("unsupported_audio" if form == fmt(coding=0x55AA) else "damaged_audio")
    assert error.code == "damaged_audio" or "0x55AA" in error.message


def refused(path: Path) -> UserError:
    with pytest.raises(UserError) as caught:
        read_instruction(path)
    error = caught.value
    assert error.message.startswith((path.name, "The sound in")) and error.message.endswith(".") and error.hint.endswith(".")
    return error


STREAMED = (
    "a.webm libopus", "a.mka flac", "a.flac flac", "a.au pcm_s16be", "a.caf pcm_s16be", "a.w64 pcm_s16le", "a.mp3 libmp3lame",
)  # fmt: skip


WIDE = fmt(rate=(1 << 22) - 1, channels=255, frame=1020, bits=32)  # more bytes a second than a header can say


@pytest.mark.parametrize(("cut", "form"), [(-4, None), (-2, None), (None, WIDE)])
def test_a_header_that_ends_in_its_last_chunk_or_cannot_be_written(tmp_path, cut, form):
    (tmp_path / "a.wav").write_bytes(wav(form, samples=b"")[:cut])
    refused(tmp_path / "a.wav")


@pytest.mark.parametrize("form", STREAMED)
def test_what_was_written_into_a_pipe(tmp_path, form):
    """As browsers and recorders do: the muxer cannot go back, so no length is stated."""
    name, codec = form.split()
    whole = write(tmp_path / f"whole-{name}", codec).read_bytes()

    class Pipe:
        def __init__(self) -> None:
            self.written = b""

        def write(self, piece: bytes) -> int:
            self.written += bytes(piece)
            return len(piece)

    pipe, kind = Pipe(), {"mka": "matroska"}.get(name[2:], name[2:])
    with av.open(str(tmp_path / f"whole-{name}")) as source, av.open(pipe, "w", format=kind) as out:
        stream = out.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    assert (pipe.written and pipe.written != whole) or name in ("a.flac", "a.mp3")
    (tmp_path / name).write_bytes(pipe.written)
    wave = read_instruction(tmp_path / name)
    assert abs(len(wave) / SAMPLE_RATE - SECONDS) < 0.1 and likeness(wave) > 0.99


BROKEN_OFF = (
    "a.wav pcm_s16le", "a.aiff pcm_s16be", "a.flac flac", "a.m4a aac", "a.mov pcm_s16le", "a.mka flac", "a.webm libopus",
    "a.mp3 libmp3lame", "a.aac aac", "a.wma wmav2", "a.ogg libopus", "a.amr libopencore_amrnb", "a.ac3 ac3", "a.caf pcm_s16be",
)  # fmt: skip


@pytest.mark.parametrize("form", BROKEN_OFF)
def test_what_breaks_off_is_read_so_far(tmp_path, form):
    name, codec = form.split()
    options = {"movflags": "faststart"} if name[2:] in ("m4a", "mov") else {}
    whole = write(tmp_path / name, codec, 8000 if "amr" in codec else 48_000, **options).read_bytes()
    (tmp_path / name).write_bytes(whole[: round(0.6 * len(whole))])
    notes = []
    wave = read_instruction(tmp_path / name, notes.append)
    assert 0.4 * SECONDS < len(wave) / SAMPLE_RATE < 0.8 * SECONDS
    if name[2:] in ("wav", "flac", "m4a", "mov", "mka", "webm"):  # these state their length
        assert notes == [f"The recording {name} breaks off after {len(wave) / SAMPLE_RATE:.1f} s of 2.0 s."]
    (tmp_path / name).write_bytes(whole[:20])
    assert refused(tmp_path / name).code in ("damaged_audio", "empty_audio")


def test_a_hole_in_the_middle_is_left_out(tmp_path):
    forms = (("a.flac", "flac", 0.7), ("a.mp3", "libmp3lame", 0.9), ("a.m4a", "aac", 0.9), ("a.webm", "libopus", 0.4))
    for name, codec, rest in forms:
        content = bytearray(write(tmp_path / name, codec).read_bytes())
        middle = len(content) // 2
        content[middle : middle + 600] = np.random.default_rng(0).bytes(600)
        (tmp_path / name).write_bytes(content)
        assert rest * SECONDS < len(read_instruction(tmp_path / name)) / SAMPLE_RATE <= SECONDS + 0.1, name


def test_a_phone_that_ran_out_of_power(tmp_path):
    whole = write(tmp_path / "a.m4a", "aac").read_bytes()
    (tmp_path / "a.m4a").write_bytes(whole[: whole.index(b"moov") - 4])
    error = refused(tmp_path / "a.m4a")
    assert error.code == "damaged_audio" and "never finished" in error.message


def test_a_recording_of_no_length(tmp_path):
    with av.open(str(tmp_path / "a.m4a"), "w") as container:
        container.add_stream("aac", rate=48_000, layout="mono")
        container.start_encoding()
    assert refused(tmp_path / "a.m4a").code in ("empty_audio", "damaged_audio")


def test_purchases_are_protected(tmp_path):
    for kind in (b"drms", b"enca"):
        whole = write(tmp_path / "a.m4p", "aac", form="mp4").read_bytes()
        entry = b"mp4a" + bytes(7) + b"\1"
        assert entry in whole
        (tmp_path / "a.m4p").write_bytes(whole.replace(entry, kind + bytes(7) + b"\1"))
        assert "protected" in refused(tmp_path / "a.m4p").message


def test_a_video_without_sound(tmp_path):
    for name, codec in (("a.mp4", "libx264"), ("a.webm", "libvpx"), ("a.mov", "mpeg4"), ("a.avi", "mpeg4")):
        with av.open(str(tmp_path / name), "w") as container:
            pictures = container.add_stream(codec, rate=10, width=64, height=48, pix_fmt="yuv420p")
            for _ in range(20):
                container.mux(pictures.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")))
            container.mux(pictures.encode())
        error = refused(tmp_path / name)
        assert error.code == "unsupported_audio" and error.message == f"{name} is a video without sound."


def test_a_codec_that_nobody_here_decodes(tmp_path):
    whole = write(tmp_path / "a.mov", "pcm_s16le").read_bytes()
    for tag, told in ((b"ac-4", "ac4"), (b"xyzw", "xyzw"), (b"\1\2\3\4", "0x4030201")):
        (tmp_path / "a.mov").write_bytes(whole.replace(b"sowt" + bytes(7) + b"\1", tag + bytes(7) + b"\1"))
        error = refused(tmp_path / "a.mov")
        assert error.message == f"The sound in a.mov is coded as {told}, which cannot be read." and "Convert" in error.hint


def picture(kind: str) -> bytes:
    codec = av.CodecContext.create(kind, "w")
    codec.width, codec.height, codec.time_base = 64, 48, 1
    codec.pix_fmt = {"mjpeg": "yuvj420p", "gif": "rgb8", "bmp": "bgr24", "libwebp": "yuv420p"}.get(kind, "rgb24")
    frame = av.VideoFrame.from_ndarray(np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8), format="rgb24")
    return b"".join(bytes(packet) for packet in [*codec.encode(frame.reformat(format=codec.pix_fmt)), *codec.encode(None)])


def archive(inside: str) -> bytes:
    path = Path(inside).name
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(inside, b"0" * 100)
    return Path(path).read_bytes()


OTHERS = {
    "a picture": ("a.png", lambda: picture("png")), "a picture, jpeg": ("a.wav", lambda: picture("mjpeg")),
    "a picture, bmp": ("a.bmp", lambda: picture("bmp")), "a picture, tiff": ("a.tif", lambda: picture("tiff")),
    "a picture, heic": ("a.heic", lambda: b"\0\0\0\x18ftypheic" + bytes(4000)),
    "a text": ("a.mp3", lambda: b"walk forward, then wave\n" * 50),
    "a text, German": ("a.txt", lambda: "geh vorwärts\n".encode() * 50),
    "a text, utf-16": ("a.txt", lambda: ("walk forward\n" * 50).encode("utf-16")),
    "a text, json": ("a.json", lambda: b'{"a": [1, 2]}'),
    "a playlist": ("a.m3u8", lambda: b"#EXTM3U\n#EXTINF:10,\nfile:///etc/hostname\n"),
    "a MIDI file": ("a.wav", lambda: b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk" + bytes(100)),
    "a Blender file": ("a.blend", lambda: b"BLENDER-v402" + bytes(3000)),
    "a Blender file, packed": ("a.blend", lambda: gzip.compress(b"BLENDER-v402" + bytes(3000))),
    "an FBX file": ("a.fbx", lambda: b"Kaydara FBX Binary  \0\x1a\0" + bytes(3000)),
    "a glTF file": ("a.glb", lambda: b"glTF\2\0\0\0" + bytes(3000)),
    "a BVH motion file": ("a.bvh", lambda: b"HIERARCHY\nROOT Hips\n{\n"),
    "a PDF document": ("a.pdf", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(3000)),
    "a document": ("a.docx", lambda: archive("word/document.xml")), "a NumPy file": ("a.npz", lambda: archive("motion.npy")),
    "an archive": ("a.zip", lambda: archive("take.wav")), "an archive, 7z": ("a.7z", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(500)),
    "an encrypted file": ("a.wav", lambda: b"Salted__" + np.random.default_rng(0).bytes(3000)),
    "a program": ("a.exe", lambda: b"MZ\x90\0" + bytes(3000)), "a web page": ("a.mp3", lambda: b"<!DOCTYPE html><html></html>"),
    "nothing but zeros": ("a.wav", lambda: bytes(50_000)),
}  # fmt: skip


@pytest.mark.parametrize("what", OTHERS)
def test_what_is_no_recording_is_called_what_it_is(tmp_path, monkeypatch, what):
    monkeypatch.chdir(tmp_path)
    name, make = OTHERS[what]
    (tmp_path / name).write_bytes(make())
    error = refused(tmp_path / name)
    assert error.code == "unsupported_audio" and error.message == f"{name} is {what.split(',')[0]}, not a recording."


@pytest.mark.parametrize("name", ["a.mp3", "a.wav", "a.aac", "a", "a.m4a", "a.mp4"])
def test_noise_is_no_recording(tmp_path, name):
    (tmp_path / name).write_bytes(np.random.default_rng(3).bytes(60_000))
    assert refused(tmp_path / name).message == f"{name} is not an audio file that can be read."


def test_samples_without_a_header(tmp_path):
    (tmp_path / "a.raw").write_bytes(SAMPLES)
    assert "without a header" in refused(tmp_path / "a.raw").message


def test_two_recordings_in_one_file(tmp_path):
    """Joined as people do it with cat; the second has another rate."""
    for number, rate in enumerate((48_000, 24_000)):
        soundfile.write(tmp_path / f"{number}.mp3", voice(rate), rate)
        write(tmp_path / f"{number}.aac", "aac", rate)
    for kind in ("aac", "mp3"):
        both = b"".join((tmp_path / f"{number}.{kind}").read_bytes() for number in range(2))
        (tmp_path / f"both.{kind}").write_bytes(both)
        assert len(read_instruction(tmp_path / f"both.{kind}")) / SAMPLE_RATE > 0.9 * SECONDS
