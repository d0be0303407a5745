"""A file laid out as SMPLX_*.npz is, with a body of our own in it. Every number is made up here; nothing is SMPL-X's."""

from __future__ import annotations

from pathlib import Path

import numpy as np

FACE_KEYS = {
    "hands_meanl": (45,), "hands_meanr": (45,), "hands_componentsl": (45, 45), "hands_componentsr": (45, 45),
    "lmk_faces_idx": (51,), "lmk_bary_coords": (51, 3),
}  # fmt: skip


def arrays(body, directions: int = 20, rings: int = 6, seed: int = 4) -> dict[str, np.ndarray]:
    """The arrays of a model: a tube of ``rings`` x 8 vertices around every bone, weighted between its two joints.

    Args:
        body: `body_data.default_body()`.
        directions: shape and expression directions; files have 400 or 20.
    """
    random = np.random.default_rng(seed)
    joints = body.rest_positions() + np.array((0.01, -0.9, 0.02))  # models do not stand on the floor
    children = {parent: child for child, parent in reversed(list(enumerate(body.parents)))}
    vertices, weights, faces, regressor = [], [], [], np.zeros((55, 55 * rings * 8))
    around = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    for joint in range(55):
        here = joints[joint]
        there = joints[children[joint]] if joint in children else here + np.array((0.0, 0.0, 0.02))
        way = (there - here) / max(np.linalg.norm(there - here), 1e-6)
        a = np.cross(way, (0.3, 0.5, 0.8))
        a /= np.linalg.norm(a)
        b = np.cross(way, a)
        for ring in range(rings):
            share = ring / (rings - 1)
            first = len(vertices)
            for angle in around:
                vertices.append(here + share * (there - here) + 0.03 * (np.cos(angle) * a + np.sin(angle) * b))
                row = np.zeros(55)
                row[joint] += 1 - 0.4 * share
                row[children.get(joint, joint)] += 0.4 * share
                weights.append(row)
            if ring == 0:
                regressor[joint, first : first + 8] = 1 / 8  # the middle of the first ring is the joint
            else:
                for k in range(8):
                    p, q = first + k, first + (k + 1) % 8
                    faces += [(p, q, p - 8), (q, q - 8, p - 8)]
    vertices = np.array(vertices)
    # Smooth directions: beta 1 makes taller, beta 2 wider, others wave.
    shapedirs = np.stack(
        [0.01 * np.sin(vertices @ random.normal(size=(3, 3)) * 3 + i) / (1 + i % 10) for i in range(directions)], axis=-1
    )
    shapedirs[:, :, 0], shapedirs[:, :, 1] = vertices * (0.0, 0.04, 0.0), vertices * (0.05, 0.0, 0.05)
    data = {name: np.zeros(shape, np.int64 if name.endswith("idx") else np.float64) for name, shape in FACE_KEYS.items()}
    parents = np.array([2**32 - 1, *body.parents[1:]], np.uint32)
    data |= {
        "v_template": vertices, "f": np.array(faces, np.uint32), "weights": np.array(weights), "J_regressor": regressor,
        "shapedirs": shapedirs, "kintree_table": np.stack([parents, np.arange(55, dtype=np.uint32)]),
    }  # fmt: skip
    return data


def with_correctives(data: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same model with pose correctives, millimetres for each turn; the same numbers in every numpy."""
    shape = (len(data["v_template"]), 3, 486)
    return data | {"posedirs": (2e-3 * np.sin(0.7 * np.arange(np.prod(shape)))).reshape(shape).astype(np.float32)}


def write(path: Path, data: dict[str, np.ndarray], drop: tuple[str, ...] = (), **changes) -> Path:
    """Write a model, with arrays left out or replaced."""
    np.savez(path, **{name: value for name, value in (data | changes).items() if name not in drop})
    return path
