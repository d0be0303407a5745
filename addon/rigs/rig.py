"""A rig: everything of an armature that motions depend on, read once and handed on.

A rig is read (`reading`) where an operation begins. It holds the armature object and plain data, so it may be kept while a
generator waits for its next step. After an undo the operation begins anew and reads it again.
"""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from ..keys.channels import Channel
from ..motion.body import BodyData
from .alignment import Alignment, MappedRest
from .carriers import Carrier
from .detection import Match
from .smplx_transfer import SmplxRest


class RigError(Exception):
    """The armature cannot be keyed. The text is one sentence for the user."""


@dataclass(frozen=True)
class Retargeting:
    """How motions get onto other bones than SMPL-X's: their rest pose, and its alignment."""

    rest: MappedRest
    alignment: Alignment


@dataclass(frozen=True)
class Space:
    """SMPL-X space seen from armature space.

    Attributes:
        axes: (3, 3) rotation from SMPL-X to armature space.
        scale: armature units per metre of the default body.
        pelvis: (3,) head of the pelvis bone when its body stands at the origin.
        stood: (3, 3) how the pelvis bone is turned from rest then, in armature space: none unless it lies at rest.
    """

    axes: np.ndarray
    scale: float
    pelvis: np.ndarray
    stood: np.ndarray


@dataclass(frozen=True, eq=False)
class Rig:
    """An armature and how SMPL-X motions get onto it.

    Attributes:
        armature: the object.
        match: which bone is which joint.
        joints: bone name -> rows of the SMPL-X joints it follows; several where its spine has fewer bones.
        carriers: the bones above the pelvis, the uppermost first.
        hips: the pelvis bone.
        root: that carrier which carries the way where asked for; empty where there is none that keys can move.
        wanted_root: the carrier that would, were it not held by a constraint or a driver.
        rotation_modes: bone name -> rotation mode of its pose bone.
        skeleton: the body that motions move on it, in metres of the default body's size, see `rig_body`.
        smplx_rest: the rest pose where rotations pass unchanged, because the bones are SMPL-X's; else None.
        retargeting: how they pass everywhere else; else None.
        space: SMPL-X space in this armature.
        switches: custom properties to hold while a motion plays, (1, 1) each.
        notes: what the user should know, in short sentences without final period: what is switched, or which mapped bones
            constraints move as well.
    """

    armature: bpy.types.Object
    match: Match
    joints: dict[str, tuple[int, ...]]
    carriers: tuple[Carrier, ...]
    hips: Carrier
    root: str
    wanted_root: str
    rotation_modes: dict[str, str]
    skeleton: BodyData
    smplx_rest: SmplxRest | None
    retargeting: Retargeting | None
    space: Space
    switches: tuple[Channel, ...]
    notes: tuple[str, ...]

    @property
    def pelvis(self) -> str:
        """The pelvis bone."""
        return self.match.bones["pelvis"]

    @property
    def located_bones(self) -> set[str]:
        """The bones whose location is keyed: the pelvis, and those that do not hang from their limb."""
        loose = [] if self.retargeting is None else [self.retargeting.rest.bones[row] for row in self.retargeting.rest.loose]
        return {self.pelvis, *loose}

    @property
    def keyed_bones(self) -> set[str]:
        """Every bone that motions are keyed on."""
        return {*self.joints, *(carrier.name for carrier in self.carriers)}
