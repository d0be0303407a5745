"""Standard sets of shape keys for faces, and which of them a mesh has. No bpy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class KeySet:
    """A standard set of shape keys.

    Attributes:
        name: what the panel calls it.
        keys: its keys, as documented.
        fewest: as many of them have to be there to say that a mesh has the set.
        needed: without these it has not.
        last_word: whether only the last word of a shape key's name counts (``Fcl_MTH_A`` is ``A``).
    """

    name: str
    keys: tuple[str, ...]
    fewest: int
    needed: tuple[str, ...] = ()
    last_word: bool = False


def _both_sides(names: str, marks: tuple[str, str] = ("Left", "Right")) -> tuple[str, ...]:
    return tuple(name + mark for name in names.split() for mark in marks)


def _keys(names: str) -> tuple[str, ...]:
    return tuple(names.split())


_ARKIT_PAIRS = _both_sides(
    "browDown browOuterUp cheekSquint eyeBlink eyeLookDown eyeLookIn eyeLookOut eyeLookUp eyeSquint eyeWide mouthDimple mouthFrown "
    "mouthLowerDown mouthPress mouthSmile mouthStretch mouthUpperUp noseSneer"
)
_ARKIT = _keys(
    "browInnerUp cheekPuff jawForward jawLeft jawOpen jawRight mouthClose mouthFunnel mouthLeft mouthPucker mouthRight "
    "mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper tongueOut"
)
_METAHUMAN_PAIRS = _both_sides(
    "browDown browLateral browRaiseIn browRaiseOuter eyeBlink eyeLidPress eyeWiden eyeSquintInner eyeCheekRaise eyeLookUp "
    "eyeLookDown eyeLookLeft eyeLookRight noseWrinkle noseNostrilDilate mouthCheekBlow mouthCheekSuck mouthUpperLipRaise "
    "mouthLowerLipDepress mouthCornerPull mouthSharpCornerPull mouthStretch mouthDimple mouthCornerDepress mouthPressU mouthPressD "
    "mouthLipsPurseU mouthLipsPurseD mouthLipsTowardsU mouthLipsTowardsD mouthFunnelU mouthFunnelD mouthLipsTogetherU "
    "mouthLipsTogetherD",
    ("L", "R"),
)
_VOWELS_0, _VOWELS_1 = _keys("A I U E O"), _keys("aa ih ou ee oh")
SETS: tuple[KeySet, ...] = (
    KeySet("ARKit", (*_ARKIT, *_ARKIT_PAIRS), 12, ("jawOpen", "mouthFunnel", "mouthPucker")),
    KeySet("Oculus visemes", tuple("viseme_" + each for each in _keys("sil PP FF TH DD kk CH SS nn RR aa E I O U")), 10),
    KeySet("VRM 0", (*_VOWELS_0, *_keys("Blink Blink_L Blink_R Joy Angry Sorrow Fun Neutral")), 5, _VOWELS_0, True),
    KeySet(
        "VRM 1", (*_VOWELS_1, *_keys("blink blinkLeft blinkRight happy angry sad relaxed surprised neutral")), 5, _VOWELS_1, True
    ),
    KeySet("MMD", _keys("あ い う え お まばたき ウィンク ウィンク右 笑い 怒り 困る 真面目"), 4, _keys("あ")),
    KeySet("Rhubarb", _keys("A B C D E F G H X"), 6, _keys("A B C D E F"), True),
    KeySet(
        "MPFB visemes",
        _keys(
            "sil_00 aa_ah_ax_01 aa_02 ao_03 ey_eh_uh_04 er_05 y_iy_ih_ix_06 w_uw_07 ow_08 aw_09 oy_10 ay_11 h_12 r_13 l_14 s_z_15 "
            "sh_ch_jh_zh_16 th_dh_17 f_v_18 d_t_n_19 k_g_ng_20 p_b_m_21"
        ),
        12,
    ),
    KeySet(
        "Character Creator visemes",
        _keys("V_Open V_Explosive V_Dental_Lip V_Tight_O V_Tight V_Wide V_Affricate V_Lip_Open V_Tongue_up V_Tongue_Raise"),
        6,
    ),
    KeySet("MetaHuman", ("jawOpen", "jawLeft", "jawRight", "jawFwd", "mouthUp", "mouthDown", *_METAHUMAN_PAIRS), 20),
)
_PREFIX = re.compile(r"^.*(?:ctrl_expressions_|__|[.:|])", re.IGNORECASE)
_VRCHAT = re.compile(r"^.*vrc\.v_", re.IGNORECASE)
_VRCHAT_VOWELS = {"ih": "I", "oh": "O", "ou": "U"}
_GROUPS = re.compile(r"^.*(?:mth|eye|all|brw|mouth|vrm)_(?=[a-z])", re.IGNORECASE)  # VRoid's: ``Fcl_MTH_A``
_SIDE_MARK = re.compile(r"[_.\- ]?(?<=[a-z_.\- ])([LR])$|[_.\- ]([lr])$")


@dataclass(frozen=True)
class FoundKeys:
    """A set of which a mesh has shape keys.

    Attributes:
        key_set: the set.
        names: its key -> name of the mesh's shape key.
    """

    key_set: KeySet
    names: dict[str, str]

    @property
    def score(self) -> str:
        """``ARKit, 52 of 52 shape keys``."""
        return f"{self.key_set.name}, {len(self.names)} of {len(self.key_set.keys)} shape keys"


def find_key_sets(names: Iterable[str]) -> tuple[FoundKeys, ...]:
    """The standard sets among a mesh's shape keys, in the order of `SETS`."""
    return _find(tuple(names))


@lru_cache(maxsize=64)
def _find(names: tuple[str, ...]) -> tuple[FoundKeys, ...]:
    whole, last = {}, {}
    for name in names:
        for form in _forms(name):
            whole.setdefault(form, name)
        last.setdefault(re.split(r"[\W_]+", name.strip("_"))[-1], name)
        for form in _forms(_GROUPS.sub("", name)):
            last.setdefault(form, name)
    found = []
    for each in SETS:
        own = {}
        for key in each.keys:
            where = last if each.last_word else whole
            name = where.get(key) or (where.get(_plain(key)) if len(key) > 1 else None)
            if name is not None:
                own[key] = name
        if len(own) >= each.fewest and all(key in own for key in each.needed):
            found.append(FoundKeys(each, own))
    return tuple(found)


def _forms(name: str) -> set[str]:
    """The ways a shape key's name may be meant: without prefix, L and R as left and right."""
    forms = {name, _PREFIX.sub("", name)}
    if _VRCHAT.match(name):
        sound = _VRCHAT.sub("", name)
        forms.add("viseme_" + _VRCHAT_VOWELS.get(sound.lower(), sound))
    for form in tuple(forms):
        mark = _SIDE_MARK.search(form)
        if mark:
            side = "Left" if (mark[1] or mark[2]).upper() == "L" else "Right"
            forms.add(form[: mark.start()] + side)
    return {_plain(form) for form in forms}


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()
