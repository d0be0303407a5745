"""Probes of chores, doors, desks, meals, tools, loads: (kind, words, key, measurement)."""

from __future__ import annotations

from .locomotion import BACK, WALK, times
from .places import Box, Place, Stroke, Visits, any_of
from .verdict import at_once

LOW = Box(height=(0.5, 1.12))  # the other hand has nothing to do

# floors, tables and the body made clean
BROOM = Place(Box((0.0, 0.3), (1.12, 1.45), (0.08, 0.38)), Box((-0.16, 0.22), (0.78, 1.12), (0.24, 0.56)), (0.32, 0.52), frames=40)
SWEEP = Visits((BROOM,), (Stroke("left", "out", 0.05),))
VACUUM = Visits(
    (Place(Box((0.06, 0.38), (0.86, 1.12), (0.12, 0.62)), LOW, frames=40),), (Stroke("right", "ahead", 0.18),), (-0.2, 0.2)
)
WIPE = Visits(
    (Place(Box((-0.08, 0.45), (0.8, 1.02), (0.26, 0.68)), frames=40),),
    (Stroke("right", "ahead", 0.08, (3, 99)), Stroke("right", "height", 0.1, (0, 1))),
)
WASH_HANDS = Visits(
    (Place(Box((0.02, 0.22), (0.93, 1.22), (0.24, 0.48)), Box((0.02, 0.22), (0.93, 1.22), (0.24, 0.48)), (0.1, 0.34), frames=30),),
    (Stroke("right", "ahead", 0.035, (3, 99)),),
)
WASH_DISHES = Visits(
    (Place(Box((-0.08, 0.24), (0.93, 1.24), (0.26, 0.48)), Box((0.1, 0.3), (0.88, 1.14), (0.26, 0.48)), frames=40),),
    (Stroke("right", "height", 0.07, (3, 99)),),
)
BRUSH_TEETH = Visits(
    (Place(Box((0.08, 0.32), (1.38, 1.6), (0.13, 0.36)), Box(height=(0.5, 1.2)), frames=40),),
    (Stroke("right", "out", 0.02, (4, 99)),),
)
COMB = Visits((Place(Box((0.06, 0.42), (1.52, 1.88), (-0.24, 0.28)), LOW, frames=30),), (Stroke("right", "ahead", 0.1),))

# doors
HANDLE = Place(Box((-0.04, 0.24), (0.94, 1.18), (0.3, 0.66)), LOW, frames=4)
OPEN_DOOR = any_of(
    Visits((HANDLE, Place(Box((0.14, 0.46), (0.94, 1.2), (-0.04, 0.32)), LOW)), gone=(-0.6, -0.12)),
    Visits((Place(Box((-0.04, 0.24), (0.94, 1.18), (0.28, 0.5)), LOW, frames=8), HANDLE), gone=(0.2, 0.7)),
)
CLOSE_DOOR = Visits(
    (Place(Box((0.22, 0.48), (0.94, 1.2), (-0.06, 0.3)), LOW), Place(Box((-0.02, 0.2), (0.94, 1.2), (0.04, 0.46)), LOW)),
    gone=(0.2, 0.7),
)
DRAWER_IN = Place(Box((-0.02, 0.28), (0.72, 0.94), (0.38, 0.62)), pelvis=(0.78, 0.97), frames=4)
DRAWER_OUT = Place(Box((-0.02, 0.3), (0.72, 0.96), (0.18, 0.36)), pelvis=(0.78, 0.97), frames=5)
OPEN_DRAWER = Visits((DRAWER_IN, DRAWER_OUT), gone=(-0.25, 0.25))
CLOSE_DRAWER = Visits(
    (DRAWER_OUT, DRAWER_IN), gone=(-0.25, 0.25), not_after=Place(DRAWER_OUT.right, pelvis=DRAWER_OUT.pelvis, frames=12)
)
KNOCK = Visits((Place(Box((0.0, 0.26), (1.2, 1.52), (0.22, 0.5)), LOW, frames=10),), (Stroke("right", "ahead", 0.05, (2, 9)),))
TURN_KEY = Visits(
    (Place(Box((0.0, 0.26), (0.92, 1.18), (0.28, 0.58)), LOW, pelvis=(0.9, 0.99), frames=36),),
    (Stroke("right", "height", 0.06, (0, 1)),),
)

# desks
KEYS = Box((0.03, 0.26), (0.96, 1.22), (0.22, 0.46))
TYPE = Visits(
    (Place(KEYS, KEYS, (0.22, 0.38), frames=45),), (*(Stroke("right", axis, 0.055, (0, 3)) for axis in ("height", "ahead")),)
)
WRITE = Visits(
    (Place(Box((-0.08, 0.32), (0.98, 1.24), (0.26, 0.48)), Box((0.16, 0.36), (0.96, 1.18), (0.22, 0.42)), frames=45),),
    (Stroke("right", "out", 0.1, (0, 9)), Stroke("right", "ahead", 0.1, (0, 1)), Stroke("right", "height", 0.08, (0, 1))),
)
BOOK = Box((0.0, 0.3), (1.02, 1.28), (0.18, 0.42))
READ = Visits((Place(BOOK, BOOK, (0.2, 0.42), frames=60),))
PHONE = Visits(
    (Place(Box((0.06, 0.28), (1.4, 1.64), (-0.04, 0.22)), Box(height=(0.5, 1.25)), frames=45),),
    (Stroke("right", "height", 0.1, (0, 1)),),
)
TEXT = Visits(
    (Place(Box((-0.06, 0.22), (1.0, 1.28), (0.12, 0.38)), frames=45),),
    (*(Stroke("right", axis, 0.045, (0, 1)) for axis in ("height", "out", "ahead")),),
)
CAMERA = Box((0.05, 0.24), (1.28, 1.6), (0.06, 0.52))
PHOTO = Visits((Place(CAMERA, CAMERA, (0.18, 0.38), frames=20),), (Stroke("right", "height", 0.15, (0, 1)),), (-0.3, 0.3))
WHEEL = Box((0.02, 0.26), (0.7, 1.08), (0.26, 0.54))
DRIVE = Visits((Place(WHEEL, WHEEL, (0.18, 0.34), (0.38, 0.56), frames=55),), (Stroke("right", "ahead", 0.15, (0, 1)),))

# meals
STIR = Visits(
    (Place(Box((-0.18, 0.18), (1.03, 1.32), (0.16, 0.5)), Box((0.1, 0.32), (0.9, 1.18), (0.2, 0.44)), frames=40),),
    (Stroke("right", "ahead", 0.07, (3, 99)), Stroke("right", "out", 0.07, (3, 99))),
)
POUR = Visits(
    (Place(Box((0.06, 0.3), (1.2, 1.46), (0.18, 0.42)), Box((0.04, 0.26), (0.92, 1.2), (0.18, 0.42)), (0.26, 0.48), frames=20),)
)
CHOP = Visits(
    (Place(Box((-0.06, 0.22), (1.02, 1.32), (0.2, 0.46)), Box((0.06, 0.32), (0.98, 1.24), (0.26, 0.52)), (0.18, 0.4), frames=15),),
    (Stroke("right", "height", 0.04, (2, 99)),),
)
PLATE = Box((0.06, 0.28), (0.9, 1.24), (0.14, 0.38))
BOWL = Place(Box((0.0, 0.28), (0.98, 1.22), (0.12, 0.38)), PLATE)
EAT = Visits((BOWL, Place(Box((0.02, 0.26), (1.32, 1.54), (0.12, 0.38)), PLATE, frames=5), BOWL))
BASKET = Box((0.12, 0.36), (0.92, 1.18), (0.12, 0.4))
PICK_FRUIT = Visits(
    (
        Place(Box((-0.14, 0.44), (1.58, 1.96), (0.06, 0.44)), BASKET, frames=5),
        Place(Box((-0.22, 0.32), (1.02, 1.38), (0.08, 0.44)), BASKET),
    )
)

# tools
HAMMER = Visits(
    (Place(left=Box((-0.02, 0.26), (0.96, 1.24), (0.32, 0.6)), frames=40),), (Stroke("right", "height", 0.15, (1, 12)),)
)
SAW = Visits(
    (Place(Box((0.06, 0.36), (0.76, 1.16), (0.06, 0.58)), Box((0.14, 0.42), (0.72, 1.0), (0.3, 0.58)), frames=40),),
    (Stroke("right", "ahead", 0.15),),
)
DRILL = Visits(
    (Place(Box((0.02, 0.24), (1.06, 1.46), (0.12, 0.4)), Box((-0.06, 0.18), (1.04, 1.44), (0.28, 0.56)), (0.16, 0.32), frames=36),),
    (Stroke("right", "height", 0.08, (0, 1)), Stroke("right", "ahead", 0.16, (0, 1))),
)
TWO_HANDS = (0.1, 0.32)
CHOP_WOOD = Visits(
    (Place(Box(height=(1.5, 2.3)), Box(height=(1.4, 2.3)), TWO_HANDS), Place(Box(height=(0.5, 1.08)), apart=TWO_HANDS)),
    (Stroke("right", "height", 0.5, (1, 5)),),
)
DIG = Visits(
    (
        Place(
            Box((-0.02, 0.38), (0.75, 1.36), (-0.02, 0.38)), Box(height=(0.55, 1.25), ahead=(0.27, 0.65)), (0.25, 0.48), frames=40
        ),
    ),
    (Stroke("left", "height", 0.22, (1, 9)), Stroke("left", "out", 0.1, (1, 9)), Stroke("pelvis", "height", 0.04, (1, 9))),
)
PAINT = Visits((Place(Box((-0.14, 0.48), (0.88, 1.95), (0.2, 0.62)), LOW, frames=40),), (Stroke("right", "height", 0.35),))

# loads
HELD = Box((0.1, 0.36), (0.94, 1.32), (0.12, 0.4))
CARRY = Visits((Place(HELD, HELD, (0.28, 0.6), frames=45),), (Stroke("right", "height", 0.12, (0, 1)),), (0.5, 9.0))
LIFT = Visits(
    (
        Place(Box(height=(0.2, 0.66)), Box(height=(0.2, 0.66)), (0.28, 0.75), (0.35, 0.78)),
        Place(HELD, HELD, (0.28, 0.6), (0.9, 1.1), frames=8),
    )
)
ROPE = Place(
    Box((-0.04, 0.28), (0.94, 1.3), (0.02, 0.5)), Box((-0.08, 0.24), (0.92, 1.28), (0.16, 0.7)), (0.18, 0.34), (0.78, 0.96), 36
)
PULL = Visits((ROPE,), (Stroke("left", "ahead", 0.1),))
SACK = Box((0.0, 0.3), (0.66, 1.0), (0.3, 0.74))
DRAG = Visits((Place(SACK, SACK, (0.16, 0.38), (0.7, 0.93), frames=40),), gone=(-4.0, -0.4))
HOME, TABLE = Box((0.04, 0.38), (0.99, 1.22), (0.1, 0.32)), Box((0.02, 0.4), (0.78, 1.0), (0.35, 0.6))
SHELF = Box((0.02, 0.42), (1.6, 2.0), (0.1, 0.42))
PUT_ON_TABLE = Visits((Place(HOME, frames=4), Place(TABLE, frames=4)), gone=(-0.3, 0.3), not_after=Place(HOME, frames=5))
TAKE_FROM_TABLE = Visits((Place(TABLE, frames=4), Place(HOME, frames=10)), gone=(-0.3, 0.3))
PUT_ON_SHELF = Visits((Place(HOME, frames=4), Place(SHELF, frames=4)), gone=(-0.3, 0.3), not_after=Place(HOME, frames=8))
TAKE_FROM_SHELF = Visits((Place(SHELF, frames=4), Place(HOME, frames=10)), gone=(-0.3, 0.3))

ROWS = (
    ("sweep", "sweep the kitchen floor", "sweep", SWEEP),
    ("sweep", "he is sweeping with a broom", "sweep", SWEEP),
    ("vacuum", "vacuum the carpet", "vacuum", VACUUM),
    ("wipe table", "wipe down the table", "wipe_table", WIPE),
    ("wash hands", "wash your hands with soap", "wash_hands", WASH_HANDS),
    ("wash dishes", "could you do the dishes", "wash_dishes", WASH_DISHES),
    ("brush teeth", "brush your teeth", "brush_teeth", BRUSH_TEETH),
    ("comb hair", "comb your hair", "comb_hair", COMB),
    ("open door", "open the door", "open_door", OPEN_DOOR),
    ("open door", "turn the handle and pull the door open", "open_door", OPEN_DOOR),
    ("close door", "shut the door", "close_door", CLOSE_DOOR),
    ("open drawer", "pull out the drawer", "open_drawer", OPEN_DRAWER),
    ("close drawer", "close the drawer", "close_drawer", CLOSE_DRAWER),
    ("knock", "knock on the door", "knock", KNOCK),
    ("knock", "knock three times", "knock*3", times(KNOCK, 3)),
    ("turn key", "unlock the door with a key", "turn_key", TURN_KEY),
    ("type", "type on a keyboard", "type", TYPE),
    ("write", "write something down", "write", WRITE),
    ("read", "read a book", "read", READ),
    ("phone", "talk on the phone", "phone", PHONE),
    ("phone", "make a phone call", "phone", PHONE),
    ("text", "text a friend on your phone", "text_phone", TEXT),
    ("take photo", "take a picture", "take_photo", PHOTO),
    ("drive", "drive a car", "drive", DRIVE),
    ("stir", "stir the soup", "stir", STIR),
    ("pour", "pour a glass of water", "pour", POUR),
    ("chop", "chop some vegetables", "chop", CHOP),
    ("eat", "eat with a spoon", "eat", EAT),
    ("pick fruit", "pick an apple from the tree", "pick_fruit", PICK_FRUIT),
    ("hammer", "hammer a nail", "hammer", HAMMER),
    ("saw", "saw a plank", "saw", SAW),
    ("drill", "drill a hole in the wall", "drill", DRILL),
    ("chop wood", "chop some wood with an axe", "chop_wood", CHOP_WOOD),
    ("dig", "dig a hole with a shovel", "dig", DIG),
    ("paint wall", "paint the wall with a roller", "paint_wall", PAINT),
    ("carry", "carry a box", "carry", CARRY),
    ("lift", "lift a heavy box", "lift", LIFT),
    ("pull", "pull on the rope", "pull", PULL),
    ("drag", "drag a heavy sack", "drag", DRAG),
    ("put on table", "put it on the table", "put_on_table", PUT_ON_TABLE),
    ("take from table", "take the cup from the table", "take_from_table", TAKE_FROM_TABLE),
    ("put on shelf", "put the box on the top shelf", "put_on_shelf", PUT_ON_SHELF),
    ("take from shelf", "take a book down from the shelf", "take_from_shelf", TAKE_FROM_SHELF),
    ("two at once", "walk while carrying a box", "walk.forward+carry", at_once(WALK, CARRY)),
    ("two at once", "walk forward while talking on the phone", "walk.forward+phone", at_once(WALK, PHONE)),
    ("two at once", "eat something as you walk", "walk.forward+eat", at_once(WALK, EAT)),
    ("two at once", "answer the phone while walking backwards", "walk.backward+phone", at_once(BACK, PHONE)),
    ("two at once", "walk and stir a pot at the same time", "walk.forward+stir", at_once(WALK, STIR)),
)
