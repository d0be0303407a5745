"""Damaging bytes reproducibly: flips, wrong length fields, cuts, repeats, splices."""

from __future__ import annotations

from random import Random

INTERESTING = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 2**62, 2**63 - 1)


def damaged(rng: Random, data: bytes, others: list[bytes] = ()) -> bytes:
    """A copy of ``data``, damaged one to six times; ``others`` are spliced in."""
    content = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        _damage(rng, content, others)
    return bytes(content[: 4 * len(data) + 4096])


def _place(rng: Random, content: bytearray) -> int:
    """A random position, in half of all cases near the beginning, where headers are."""
    size = len(content)
    return rng.randrange(min(size, 64) if rng.random() < 0.5 else size) if size else 0


def _damage(rng: Random, content: bytearray, others: list[bytes]) -> None:
    at = _place(rng, content)
    kind = rng.randrange(9)
    if kind == 0 and content:
        content[at] ^= 1 << rng.randrange(8)
    elif kind == 1 and content:
        content[at] = rng.randrange(256)
    elif kind == 2:  # a number that may be a size
        width = rng.choice((1, 2, 4, 8))
        value = rng.choice(INTERESTING) & ((1 << 8 * width) - 1)
        content[at : at + width] = value.to_bytes(width, rng.choice(("little", "big")))
    elif kind == 3:
        del content[at:]
    elif kind == 4:
        del content[at : at + rng.randrange(1, 64)]
    elif kind == 5:
        piece = bytes(content[at : at + rng.randrange(1, 256)])
        content[at:at] = piece * rng.choice((1, 2, 16))
    elif kind == 6:
        content[at:at] = rng.randbytes(rng.randrange(1, 64))
    elif kind == 7 and others:
        other = rng.choice(others)
        start = rng.randrange(max(1, len(other)))
        content[at:] = other[start : start + rng.randrange(1, 2048)]
    elif content:
        content[at : at + rng.randrange(1, 32)] = rng.randbytes(rng.randrange(1, 32))
