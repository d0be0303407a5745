"""Hostile npz files: nothing in them runs, and nothing they claim is believed before it is bounded."""

import io
import pickle
import tracemalloc
import zipfile

import numpy as np
import pytest

from backend.packs.npz import MAX_ENTRIES, NpzError, read_arrays

WANTED = {"a": ("f", 4000), "words": ("U", 400)}


def npy(header: str, raw: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    """An npy file with a header of one's own."""
    text = header.encode("latin1") + b"\n"
    return b"\x93NUMPY" + version + len(text).to_bytes(2 if version[0] == 1 else 4, "little") + text + raw


def claims(shape: str = "(2,)", descr: str = "'<f4'", order: str = "False") -> str:
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"


def packed(content: bytes, method: int = zipfile.ZIP_DEFLATED, name: str = "a.npy") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def read(content: bytes) -> dict:
    return read_arrays(io.BytesIO(content), WANTED)


def test_what_numpy_writes_is_read():
    for save in (np.savez, np.savez_compressed):
        for array in (np.arange(6, dtype=np.float32).reshape(2, 3), np.asfortranarray(np.eye(3)), np.zeros((0, 4)), np.float64(3)):
            buffer = io.BytesIO()
            save(buffer, a=array, words=np.array("geh – walk"), other=np.array([{}], dtype=object))
            found = read(buffer.getvalue())
            assert found["a"].dtype == array.dtype and np.array_equal(found["a"], array)
            assert found["words"].item() == "geh – walk" and set(found) == {"a", "words"}


class Bomb:
    def __reduce__(self):
        return (exec, ("raise SystemExit('it ran')",))


HOSTILE = {
    "a pickle as array": packed(npy(claims(descr="'|O'"), pickle.dumps(Bomb()))),
    "a pickle as file": pickle.dumps(Bomb()),
    "terabytes": packed(npy(claims("(1099511627776,)"))),
    "sizes that multiply to terabytes": packed(npy(claims("(1000, 1000, 1000, 1000)"))),
    "a negative size": packed(npy(claims("(-1,)"))),
    "a size that is true": packed(npy(claims("(True,)"), bytes(4))),
    "thirty axes": packed(npy(claims(str((1,) * 30)), bytes(4))),
    "letters of gigabytes": packed(npy(claims("()", "'<U1000000000'"))),
    "fields": packed(npy(claims("(1,)", "[('x', '<f4')]"), bytes(4))),
    "a subarray": packed(npy(claims("(1,)", "('<f4', (1000000000,))"), bytes(4))),
    "another kind": packed(npy(claims("(1,)", "'<i4'"), bytes(4))),
    "times": packed(npy(claims("(1,)", "'<M8[s]'"), bytes(8))),
    "code as header": packed(npy("__import__('os').system('true')")),
    "a header of brackets": packed(npy("(" * 9000)),
    "a header of minus signs": packed(npy("-" * 9000 + "1")),
    "a header of ten megabytes": packed(npy(claims().ljust(10_000_000), version=b"\x02\x00")),
    "an old header": packed(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2L,), }", bytes(7))),
    "a version of the future": packed(npy(claims(), bytes(8), b"\x09\x00")),
    "too little": packed(npy(claims(), bytes(7))),
    "too much": packed(npy(claims(), bytes(9))),
    "a zip bomb": packed(npy(claims(), bytes(50_000_000))),
    "bzip2": packed(npy(claims(), bytes(8)), zipfile.ZIP_BZIP2),
    "lzma": packed(npy(claims(), bytes(8)), zipfile.ZIP_LZMA),
    "a comment": packed(npy(claims(), bytes(8)))[:-2] + b"\3\0abc",
    "cut off": packed(npy(claims(), bytes(8)))[:-1],
    "empty": b"",
    "no zip": b"x" * 1000,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile(content):
    tracemalloc.start()
    try:
        with pytest.raises(NpzError) as caught:
            read(content)
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 120


def test_a_flipped_bit_is_seen():
    content = bytearray(packed(npy(claims(), bytes(8)), zipfile.ZIP_STORED))
    header = content.index(b"NUMPY")  # a zip has the date in front, in which on some days, as 2026-11-29, a "}" stands
    content[content.index(b"}", header) + 9] ^= 1  # in the numbers
    with pytest.raises(NpzError):
        read(bytes(content))


def test_many_entries():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(MAX_ENTRIES + 1):
            archive.writestr(f"{number}.npy", b"")
    with pytest.raises(NpzError, match="too many"):
        read(buffer.getvalue())


def test_a_directory_of_megabytes_is_not_parsed():
    content = bytearray(packed(npy(claims(), bytes(8))))
    content[-10:-6] = (2**26).to_bytes(4, "little")
    with pytest.raises(NpzError, match="too many"):
        read(bytes(content))


def test_names_lead_nowhere(tmp_path):
    """An entry's name is never a path: nothing is unpacked to the disk."""
    before = sorted(tmp_path.parent.rglob("*"))
    assert read(packed(npy(claims(), bytes(8)), name="../../a.npy")) == {}
    assert sorted(tmp_path.parent.rglob("*")) == before
