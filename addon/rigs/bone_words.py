"""Words in names of bones and the part of the body each stands for. Only data.

Words are lower case without accents. Words that a name may write apart (``Upper Arm``, ``Fore_Arm``) are one here. English, German,
French, Spanish, Italian, Portuguese, Russian, Japanese and Chinese.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SIDE_WORDS: dict[str, tuple[str, ...]] = {
    "left": _words(
        "l left lft lt lf links linke linker linkes lks gauche gch g izq izquierda izquierdo sinistra sinistro sx esquerda "
        "esquerdo esq лев левая левый 左"
    ),
    "right": _words(
        "r right rgt rt rechts rechte rechter rechtes rts droite droit drt d der derecha derecho destra destro dx direita "
        "direito dir прав правая правый 右"
    ),
}
# Marks that are also parts of other names: they count only where a side has no others.
RARE_SIDES = {"g": "left", "lf": "left", "esq": "left", "d": "right", "der": "right", "dir": "right"}

PART_WORDS: dict[str, tuple[str, ...]] = {
    "pelvis": _words(
        "pelvis hips hip cog lowertorso torsolower becken hufte huefte hueften huften bassin cadera caderas bacino quadril "
        "таз 骨盆 下半身 腰 pelvisbone lowerbody bodylower"
    ),
    "spine": _words(
        "spine chest upperchest torso uppertorso torsoupper abdomen waist ribs ribcage spinelower spineupper abdomenlower "
        "abdomenupper chestlower chestupper back stomach belly thorax trunk lumbar lowerback upperback sternum spinemid hub "
        "spinemiddle upperbody bodyupper wirbelsaule wirbelsaeule wirbel ruecken rucken bauch brust brustkorb oberkorper "
        "oberkoerper rumpf taille colonne colonnevertebrale dos torse poitrine ventre buste columna espalda pecho torax "
        "vientre schiena colonna petto torace coluna peito позвоночник спина грудь 脊椎 胸 上半身"
    ),
    "neck": _words("neck necklower neckupper cervical hals nacken genick cou cuello collo pescoco шея 首 颈 頸 脖子"),
    "head": _words("head skull kopf schadel schaedel tete cabeza testa cabeca голова 頭 头"),
    "jaw": _words("jaw jawroot jawlower lowerjaw mandible jawmaster kiefer unterkiefer machoire mandibula mascella chin あご 顎"),
    "eye": _words("eye eyeball faceeye auge oeil ojo occhio 目 глаз"),
    "collar": _words(
        "clavicle collar collarbone clav clavicula clavicule clavicola schlusselbein schluesselbein scapula ключица 锁骨 鎖骨"
    ),
    "upperarm": _words(
        "upperarm uparm armupper shldr shldrbend bicep biceps humerus topshoulder oberarm brazosuperior brassuperieur "
        "bicipite 上臂 腕"
    ),
    "arm": _words("arm bras brazo braccio braco рука"),
    "shoulder": _words("shoulder schulter epaule hombro spalla ombro плечо 肩"),
    "forearm": _words(
        "forearm lowerarm loarm lowarm armlower forearmbend fore underarm unterarm avantbras antebrazo avambraccio "
        "antebraco предплечье 前臂 radius"
    ),
    "elbow": _words("elbow ulna ellbogen ellenbogen coude codo gomito локоть ひじ 肘"),
    "hand": _words("hand main mano mao кисть 手"),
    "palm": _words("palm"),
    "wrist": _words("wrist handgelenk poignet muneca polso pulso 手首 手腕"),
    "thigh": _words("thigh upperleg upleg legupper thighbend femur oberschenkel oberbein cuisse muslo coscia coxa бедро 大腿 足"),
    "hipside": _words("hipjoint"),  # between pelvis and thigh
    "leg": _words("leg bein jambe pierna gamba perna нога 腿"),
    "shin": _words(
        "calf shin lowerleg loleg lowleg leglower tibia crus unterschenkel unterbein wade mollet pantorrilla espinilla "
        "polpaccio stinco canela panturrilha голень 小腿"
    ),
    "knee": _words("knee knie genou rodilla ginocchio joelho колено ひざ 膝"),
    "foot": _words("foot feet fuss fusse fuesse pied pie piede стопа 脚"),
    "ankle": _words("ankle knochel knoechel cheville tobillo caviglia tornozelo 足首"),
    "toe": _words(
        "toe toes toebase ball foottoe football toeball zeh zehe zehen orteil orteils dedospie puntera punta つま先 爪先 足先 脚趾 "
        "носок"
    ),
    "thumb": _words("thumb handthumb thumbfinger daumen pouce pulgar pollice polegar 親指 拇指"),
    "index": _words("index findex handindex indexfinger zeigefinger zeige indice 人指 人差指 人差し指 食指"),
    "middle": _words("middle mid fmiddle handmiddle middlefinger mittelfinger mittel majeur medio 中指"),
    "ring": _words("ring fring handring ringfinger annulaire anular anulare 薬指 无名指 無名指"),
    "pinky": _words(
        "pinky fpinky handpinky pinkie pinkyfinger little littlefinger handlittle kleinerfinger kleiner auriculaire menique "
        "mignolo 小指"
    ),
    "finger": _words("finger doigt dedo dito 指"),
}
LID_WORDS = {"lid", "lids", "eyelid", "eyelids", "blink", "augenlid", "paupiere", "parpado", "palpebra", "まぶた", "瞼"}
FINGER_PARTS = {"thumb", "index", "middle", "ring", "pinky", "finger"}

# A bone with one of these words helps, controls or hangs from others.
HELPER_WORDS = set(
    _words(
        "twist twst twk roll rol ik pole poles target mch org end nub nubs tip helper socket corrective driver tweak vis "
        "wgt parent heel metacarpal carpal breast bust boob nipple hair strand bang bangs ponytail braid skirt dress cape "
        "cloak coat cloth weapon sword gun shield holster offset top jiggle physics spring gizmo bank ctrl control "
        "share adj sec lid eyelid eyelash brow eyebrow lash effector tail wing ear ears tongue teeth tooth lip lips cheek "
        "nose mouth beard mustache hat helmet armor armour pouch belt bag backpack strap scarf ribbon bow attach attachment "
        "slot mount grip prop item null dummy locator pivot aim lookat look switch handle logic glute butt buttock muscle "
        "volume fan bulge pad drehung griff haare haar rock umhang schwanz cheveux pelo cola falda 捩 先 髪 スカート 両目 "
        "キャンセル ex 補助 親 操作 ネクタイ リボン しっぽ"
    )
)
# These say nothing about the part.
SILENT_WORDS = set(
    _words(
        "c m j b bip def cc base bone bn jnt joint jt center centre x mixamorig valvebiped skel sk character rig bind skin "
        "deform f fk of the センター グルーブ de del la el le du"
    )
)
PHALANX_WORDS = {"metacarpal": 0, "proximal": 1, "intermediate": 2, "medial": 2, "distal": 3, "meta": 0, "prox": 1, "dist": 3}

# How well a part's word names a joint, 0..1. "Arm" is an upper arm where a forearm follows, and a forearm where none does.
PART_JOINTS: dict[str, dict[str, float]] = {
    "collar": {"collar": 1.0},
    "shoulder": {"collar": 0.7, "shoulder": 0.55},
    "upperarm": {"shoulder": 1.0},
    "arm": {"shoulder": 0.8, "elbow": 0.45, "wrist": 0.1},
    "forearm": {"elbow": 1.0},
    "elbow": {"elbow": 0.9},
    "hand": {"wrist": 1.0},
    "wrist": {"wrist": 0.9},
    "palm": {"wrist": 0.5},
    "pelvis": {"hip": 0.7},
    "thigh": {"hip": 1.0},
    "leg": {"hip": 0.6, "knee": 0.65, "ankle": 0.1},
    "shin": {"knee": 1.0},
    "knee": {"knee": 0.9},
    "ankle": {"ankle": 0.95},
    "foot": {"ankle": 1.0, "foot": 0.35},
    "toe": {"foot": 1.0},
}
