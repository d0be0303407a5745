"""Armatures of every kind the add-on knows, made from the kinds' public bone names, with rest poses as they come.

Bone names and hierarchies are written out here and not read from the presets, which they test. Bodies differ in
proportions, rest pose (T or A, bent elbows), units, which axis is up, and which way bones point and roll.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix, Quaternion, Vector

FINGERS = ("thumb", "index", "middle", "ring", "pinky")


@dataclass(frozen=True)
class Body:
    """Proportions and rest pose. Metres and degrees; Z up, facing -Y, the left at +X.

    Attributes:
        arms_down: how far the arms hang below the horizontal.
        elbow: how far the forearms point forward of the upper arms.
        spine, neck: bones between pelvis and neck, neck and head.
    """

    hips: float = 0.09
    thigh: float = 0.42
    shin: float = 0.42
    shoulders: float = 0.17
    arm: float = 0.28
    forearm: float = 0.25
    torso: float = 0.48
    arms_down: float = 0.0
    elbow: float = 0.0
    legs_apart: float = 0.0
    spine: int = 3
    neck: int = 1


def places(body: Body) -> dict[str, Vector]:
    """Where the joints are, by the keys of `KINDS`."""
    ankle = 0.08
    apart, down = math.radians(body.legs_apart), math.radians(body.arms_down)
    hip = ankle + (body.thigh + body.shin) * math.cos(apart)
    at = {"pelvis": Vector((0, 0, hip + 0.06)), "root": Vector((0, 0, 0))}
    for i in range(body.spine):
        along = (i + 0.6) / (body.spine + 0.2)
        at[f"spine{i}"] = Vector((0, 0.02 * math.sin(3 * along), hip + 0.06 + body.torso * along * 0.86))
    top = hip + 0.06 + body.torso
    for i in range(body.neck):
        at[f"neck{i}"] = Vector((0, 0.02, top + 0.02 + 0.09 * i / body.neck))
    at["head"] = Vector((0, 0, top + 0.11))
    at["crown"] = Vector((0, 0, top + 0.31))
    at["jaw"] = at["head"] + Vector((0, -0.02, -0.01))
    for side, x in (("left", 1), ("right", -1)):

        def put(name, vector, side=side):
            at[f"{side}_{name}"] = vector

        put("hip", Vector((x * body.hips, 0, hip)))
        leg = Vector((x * math.sin(apart), 0, -math.cos(apart)))
        put("knee", at[f"{side}_hip"] + leg * body.thigh + Vector((0, -0.012, 0)))
        put("ankle", at[f"{side}_hip"] + leg * (body.thigh + body.shin))
        put("foot", at[f"{side}_ankle"] + Vector((x * 0.02, -0.13, -0.06)))
        put("toe", at[f"{side}_foot"] + Vector((0, -0.07, -0.0)))
        put("collar", Vector((x * 0.03, -0.01, top - 0.03)))
        put("shoulder", Vector((x * body.shoulders, 0.01, top - 0.02)))
        out = Vector((x * math.cos(down), 0, -math.sin(down)))
        bent = Quaternion((0, 0, 1), -x * math.radians(body.elbow)) @ out
        put("elbow", at[f"{side}_shoulder"] + out * body.arm)
        put("wrist", at[f"{side}_elbow"] + bent * body.forearm)
        palm = Vector((0, 0, -1)) - bent * Vector((0, 0, -1)).dot(bent)  # palms face down and in
        front = bent.cross(palm.normalized()) * x
        front = front if front.y < 0 else -front
        for i, finger in enumerate(FINGERS):
            if finger == "thumb":
                start, way = at[f"{side}_wrist"] + bent * 0.025 + front * 0.025, (bent + front * 0.9 + palm * 0.4).normalized()
            else:
                start = at[f"{side}_wrist"] + bent * (0.095 - 0.004 * abs(i - 2)) + front * (0.03 - 0.02 * (i - 1))
                way = (bent + palm * 0.15).normalized()
            put(f"{finger}0", at[f"{side}_wrist"] + (start - at[f"{side}_wrist"]) * 0.3)
            for k in (1, 2, 3, 4):
                put(f"{finger}{k}", start + way * 0.032 * (k - 1))
    return at


@dataclass(frozen=True)
class Kind:
    """A kind of rig.

    Attributes:
        bones: (name, parent's name, place) from the root on.
        body: its proportions and rest pose.
        lie: which way bones lie: "along" the limb, all "up", or "any" way.
        scale: armature units per metre; the object is scaled back.
        y_up: armature space has Y up; the object is turned upright.
        shown: what the panel says.
    """

    bones: list[tuple[str, str, str]]
    body: Body
    lie: str = "along"
    scale: float = 1.0
    y_up: bool = False
    shown: str = ""


def chain(names: list[str], parent: str, at: list[str]) -> list[tuple[str, str, str]]:
    """Bones one below the other."""
    out = []
    for name, place in zip(names, at, strict=True):
        out.append((name, parent, place))
        parent = name
    return out


def mixamo(prefix: str) -> list[tuple[str, str, str]]:
    p = prefix
    out = chain([p + n for n in ("Hips", "Spine", "Spine1", "Spine2", "Neck", "Head", "HeadTop_End")], "",
                ["pelvis", "spine0", "spine1", "spine2", "neck0", "head", "crown"])  # fmt: skip
    for side, s in (("left", "Left"), ("right", "Right")):
        out += chain([p + s + n for n in ("UpLeg", "Leg", "Foot", "ToeBase", "Toe_End")], p + "Hips",
                     [f"{side}_{n}" for n in ("hip", "knee", "ankle", "foot", "toe")])  # fmt: skip
        out += chain([p + s + n for n in ("Shoulder", "Arm", "ForeArm", "Hand")], p + "Spine2",
                     [f"{side}_{n}" for n in ("collar", "shoulder", "elbow", "wrist")])  # fmt: skip
        for f in FINGERS:
            names = [f"{p}{s}Hand{f.capitalize()}{k}" for k in (1, 2, 3, 4)]
            out += chain(names, f"{p}{s}Hand", [f"{side}_{f}{k}" for k in (1, 2, 3, 4)])
    return out


def unreal(root: str, spine: int, neck: int, extras: bool) -> list[tuple[str, str, str]]:
    trunk = ["pelvis", *(f"spine_0{i + 1}" for i in range(spine)), *(f"neck_0{i + 1}" for i in range(neck)), "head"]
    out = [(root, "", "root")] if root else []
    out += chain(trunk, root, ["pelvis", *(f"spine{i}" for i in range(spine)), *(f"neck{i}" for i in range(neck)), "head"])
    for side in ("left", "right"):
        x = side[0]
        out += chain([f"{n}_{x}" for n in ("thigh", "calf", "foot", "ball")], "pelvis",
                     [f"{side}_{n}" for n in ("hip", "knee", "ankle", "foot")])  # fmt: skip
        out += chain([f"{n}_{x}" for n in ("clavicle", "upperarm", "lowerarm", "hand")], f"spine_0{spine}",
                     [f"{side}_{n}" for n in ("collar", "shoulder", "elbow", "wrist")])  # fmt: skip
        for f in FINGERS:
            parent = f"hand_{x}"
            if extras and f != "thumb":
                out.append((f"{f}_metacarpal_{x}", parent, f"{side}_{f}0"))
                parent = f"{f}_metacarpal_{x}"
            out += chain([f"{f}_0{k}_{x}" for k in (1, 2, 3)], parent, [f"{side}_{f}{k}" for k in (1, 2, 3)])
        out += [
            (f"upperarm_twist_01_{x}", f"upperarm_{x}", f"{side}_shoulder"),
            (f"thigh_twist_01_{x}", f"thigh_{x}", f"{side}_hip"),
        ]
        out.append((f"ik_hand_{x}", root, f"{side}_wrist"))
    return out


def vroid() -> list[tuple[str, str, str]]:
    out = [("Root", "", "root")]
    out += chain([f"J_Bip_C_{n}" for n in ("Hips", "Spine", "Chest", "UpperChest", "Neck", "Head")], "Root",
                 ["pelvis", "spine0", "spine1", "spine2", "neck0", "head"])  # fmt: skip
    out += [("J_Sec_Hair1_01", "J_Bip_C_Head", "crown"), ("J_Adj_L_FaceEye", "J_Bip_C_Head", "jaw")]
    for side in ("left", "right"):
        x = side[0].upper()
        out += chain([f"J_Bip_{x}_{n}" for n in ("UpperLeg", "LowerLeg", "Foot", "ToeBase")], "J_Bip_C_Hips",
                     [f"{side}_{n}" for n in ("hip", "knee", "ankle", "foot")])  # fmt: skip
        out += chain([f"J_Bip_{x}_{n}" for n in ("Shoulder", "UpperArm", "LowerArm", "Hand")], "J_Bip_C_UpperChest",
                     [f"{side}_{n}" for n in ("collar", "shoulder", "elbow", "wrist")])  # fmt: skip
        for f in FINGERS:
            word = "Little" if f == "pinky" else f.capitalize()
            out += chain([f"J_Bip_{x}_{word}{k}" for k in (1, 2, 3)], f"J_Bip_{x}_Hand", [f"{side}_{f}{k}" for k in (1, 2, 3)])
    return out


def vrm(thumb: tuple[str, ...] = ("Metacarpal", "Proximal", "Distal")) -> list[tuple[str, str, str]]:
    out = chain(["hips", "spine", "chest", "neck", "head"], "", ["pelvis", "spine0", "spine1", "neck0", "head"])
    for side in ("left", "right"):
        out += chain([side + n for n in ("UpperLeg", "LowerLeg", "Foot", "Toes")], "hips",
                     [f"{side}_{n}" for n in ("hip", "knee", "ankle", "foot")])  # fmt: skip
        out += chain([side + n for n in ("Shoulder", "UpperArm", "LowerArm", "Hand")], "chest",
                     [f"{side}_{n}" for n in ("collar", "shoulder", "elbow", "wrist")])  # fmt: skip
        for f in FINGERS:
            word = "Little" if f == "pinky" else f.capitalize()
            parts = thumb if f == "thumb" else ("Proximal", "Intermediate", "Distal")
            out += chain([side + word + n for n in parts], f"{side}Hand", [f"{side}_{f}{k}" for k in (1, 2, 3)])
    return out


def makehuman() -> list[tuple[str, str, str]]:
    trunk = ["root", "spine05", "spine04", "spine03", "spine02", "spine01", "neck01", "neck02", "neck03", "head"]
    out = chain(trunk, "", ["pelvis", *(f"spine{i}" for i in range(5)), *(f"neck{i}" for i in range(3)), "head"])
    out += [("jaw", "head", "jaw"), ("eye.L", "head", "crown"), ("eye.R", "head", "crown")]
    # "~" is half way along the limb: the upper and lower halves of arms and legs are two bones each
    leg = {"pelvis": "hip", "upperleg01": "hip", "upperleg02": "hip~", "lowerleg01": "knee", "lowerleg02": "knee~"}
    leg |= {"foot": "ankle", "toe1-1": "foot"}
    arm = {"clavicle": "collar", "shoulder01": "collar~", "upperarm01": "shoulder", "upperarm02": "shoulder~"}
    arm |= {"lowerarm01": "elbow", "lowerarm02": "elbow~", "wrist": "wrist"}
    for side in ("left", "right"):
        x = side[0].upper()
        for parent, limb in (("root", leg), ("spine01", arm)):
            out += chain([f"{name}.{x}" for name in limb], parent, [f"{side}_{place}" for place in limb.values()])
        for i, f in enumerate(FINGERS):
            parent = f"wrist.{x}"
            if i:
                out.append((f"metacarpal{i}.{x}", parent, f"{side}_{f}0"))
                parent = f"metacarpal{i}.{x}"
            out += chain([f"finger{i + 1}-{k}.{x}" for k in (1, 2, 3)], parent, [f"{side}_{f}{k}" for k in (1, 2, 3)])
    return out


T_POSE = Body()
SHORT = Body(hips=0.07, thigh=0.33, shin=0.35, shoulders=0.12, arm=0.2, forearm=0.19, torso=0.38)
A_POSE = Body(hips=0.1, thigh=0.45, shin=0.41, arms_down=47.0, elbow=14.0, legs_apart=4.0)
A_POSE_5 = replace(A_POSE, spine=5, neck=2, arms_down=55.0)
GAME = Body(arms_down=42.0, elbow=8.0)
MAKEHUMAN = Body(arms_down=40.0, elbow=10.0, legs_apart=3.0, spine=5, neck=3)
KINDS: dict[str, Kind] = {
    "mixamo": Kind(mixamo("mixamorig:"), T_POSE, "along", 100.0, True, "Mixamo, 52 of 52 bones"),
    "mixamo without prefix": Kind(mixamo(""), SHORT, "along", 100.0, True, "Mixamo, 52 of 52 bones"),
    "vroid": Kind(vroid(), SHORT, "up", 1.0, False, "VRM (VRoid), 52 of 52 bones"),
    "vrm": Kind(vrm(), Body(thigh=0.4, shin=0.44, spine=2), "any", 1.0, False, "VRM, 51 of 55 bones"),
    "vrm 0": Kind(
        vrm(("Proximal", "Intermediate", "Distal")), Body(thigh=0.4, shin=0.44, spine=2), "up", 1.0, False, "VRM 0, 51 of 55 bones"
    ),
    "unreal 4": Kind(unreal("root", 3, 1, False), A_POSE, "any", 100.0, False, "Unreal Mannequin (UE4), 52 of 52 bones"),
    "unreal 5": Kind(unreal("root", 5, 2, True), A_POSE_5, "any", 100.0, False, "Unreal Mannequin (UE5), 55 of 55 bones"),
    "mpfb game engine": Kind(unreal("Root", 3, 1, False), GAME, "along", 1.0, False, "MPFB Game Engine, 52 of 52 bones"),
    "makehuman": Kind(makehuman(), MAKEHUMAN, "along", 1.0, False, "MakeHuman, 57 of 57 bones"),
}


def make(kind: Kind, name: str = "Rig", seed: int = 5) -> bpy.types.Object:
    """A new armature object of this kind in the active scene, in Object Mode."""
    at = places(kind.body)
    target = bpy.data.objects.new(name, bpy.data.armatures.new(name))
    bpy.context.scene.collection.objects.link(target)
    bpy.context.view_layer.objects.active = target
    turn = Matrix.Rotation(math.radians(-90), 3, "X") if kind.y_up else Matrix.Identity(3)
    random = np.random.default_rng(seed)
    bpy.ops.object.mode_set(mode="EDIT")
    heads = {bone: _place(at, place) for bone, _, place in kind.bones}
    for bone_name, parent, _ in kind.bones:
        bone = target.data.edit_bones.new(bone_name)
        bone.head = turn @ heads[bone_name] * kind.scale
        following = [heads[other] for other, above, _ in kind.bones if above == bone_name]
        following = [head for head in following if (head - heads[bone_name]).length > 0.01]
        along = following[0] - heads[bone_name] if following else Vector((0, 0, 0.06))
        if not following and parent:
            along = (heads[bone_name] - heads[parent]) * 0.5 or Vector((0, 0, 0.06))
        if kind.lie == "up":
            along = Vector((0, 0, 0.05))
        elif kind.lie == "any":
            along = Vector(random.normal(size=3)).normalized() * 0.07
        bone.tail = bone.head + turn @ along * kind.scale
        bone.roll = random.uniform(-math.pi, math.pi)
        if parent:
            bone.parent = target.data.edit_bones[parent]
    bpy.ops.object.mode_set(mode="OBJECT")
    target.scale = (1 / kind.scale,) * 3
    target.rotation_euler.x = math.radians(90) if kind.y_up else 0.0
    for bone in target.pose.bones:
        bone.rotation_mode = "QUATERNION"
    bpy.context.view_layer.update()
    return target


def _place(at: dict[str, Vector], place: str) -> Vector:
    if not place.endswith("~"):
        return at[place]
    side, _, joint = place[:-1].partition("_")
    following = {"hip": "knee", "knee": "ankle", "shoulder": "elbow", "elbow": "wrist", "collar": "shoulder"}[joint]
    return (at[place[:-1]] + at[f"{side}_{following}"]) / 2


def from_facts(path: Path) -> bpy.types.Object:
    """The rig of a file of facts: bones with name, parent, head and tail."""
    target = bpy.data.objects.new("Facts", bpy.data.armatures.new("Facts"))
    bpy.context.scene.collection.objects.link(target)
    bpy.context.view_layer.objects.active = target
    bpy.ops.object.mode_set(mode="EDIT")
    for entry in json.loads(path.read_text())["bones"]:
        bone = target.data.edit_bones.new(entry["name"])
        bone.head, bone.tail = entry["head"], entry["tail"]
        if entry["parent"]:
            bone.parent = target.data.edit_bones[entry["parent"]]
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.context.view_layer.update()
    return target


def metarig() -> bpy.types.Object:
    """Rigify's own human before generation: a plain skeleton whose names no preset has."""
    import addon_utils

    addon_utils.enable("rigify", default_set=True)
    bpy.ops.object.armature_basic_human_metarig_add()
    bpy.ops.object.mode_set(mode="OBJECT")
    return bpy.context.object


def rigify(human: str = "basic_human") -> bpy.types.Object:
    """The control rig that Rigify generates from one of its own metarigs."""
    import addon_utils

    addon_utils.enable("rigify", default_set=True)
    getattr(bpy.ops.object, f"armature_{human}_metarig_add")()
    bpy.ops.pose.rigify_generate()
    return bpy.context.object
