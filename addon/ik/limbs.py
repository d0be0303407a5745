"""The four limbs that can have IK, with the names of all bones involved. Only data."""

from __future__ import annotations

from dataclasses import dataclass

SWITCH = "ik"  # custom property of the control: 0 is FK, 1 is IK


@dataclass(frozen=True)
class Limb:
    """One arm or leg.

    Attributes:
        side, name: ``left`` and ``arm``.
        upper, lower, end: FK bones, such as ``left_shoulder``, ``left_elbow``, ``left_wrist``.
        control, pole: what the animator moves in IK.
        bend: SMPL-X direction in which the middle joint leaves a straight limb: elbows back, knees forward.
    """

    side: str
    name: str
    upper: str
    lower: str
    end: str
    control: str
    pole: str
    bend: tuple[float, float, float]

    @property
    def label(self) -> str:
        """What the panel calls it."""
        return f"{self.side.capitalize()} {'Hand' if self.name == 'arm' else 'Foot'}"

    @property
    def solved(self) -> tuple[str, str]:
        """Mechanism bones that Blender's IK moves; they lie along the limb."""
        return f"MCH-{self.side}_{self.name}_upper", f"MCH-{self.side}_{self.name}_lower"

    @property
    def turned(self) -> tuple[str, str]:
        """Mechanism bones that the FK bones copy. Their own rotation is the twist that IK does not know."""
        return f"MCH-{self.upper}_turn", f"MCH-{self.lower}_turn"

    @property
    def fk(self) -> tuple[str, str, str]:
        """The bones of the body."""
        return self.upper, self.lower, self.end


def _limb(side: str, name: str) -> Limb:
    if name == "arm":
        joints, control, pole, bend = ("shoulder", "elbow", "wrist"), "hand_ik", "elbow_pole", (0.0, 0.0, -1.0)
    else:
        joints, control, pole, bend = ("hip", "knee", "ankle"), "foot_ik", "knee_pole", (0.0, 0.0, 1.0)
    return Limb(side, name, *(f"{side}_{joint}" for joint in joints), f"{side}_{control}", f"{side}_{pole}", bend)


LIMBS: tuple[Limb, ...] = tuple(_limb(side, name) for name in ("arm", "leg") for side in ("left", "right"))
