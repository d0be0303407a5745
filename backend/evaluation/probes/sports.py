"""Probes of swings, throws, weights, boards, instruments: (kind, words, key, measurement)."""

from __future__ import annotations

from functools import partial

from .locomotion import times
from .places import Box, Place, Stroke, Visits, any_of

CLUB = (0.04, 0.3)  # metres between hands that hold one stick
GOLF = Visits(
    (
        Place(Box((-0.15, 0.22), (0.72, 1.12), (0.18, 0.58)), apart=CLUB, frames=10),
        Place(Box((0.02, 0.55), (1.12, 1.75), (-0.15, 0.45)), apart=CLUB, frames=2),
        Place(Box((-0.45, 0.12), (1.28, 1.8), (-0.15, 0.45)), apart=CLUB, frames=4),
    )
)
BAT = Visits(
    (
        Place(Box((0.18, 0.5), (1.25, 1.7), (-0.05, 0.34)), apart=CLUB, frames=6),
        Place(Box((-0.4, 0.18), (0.9, 1.34), (0.16, 0.62)), apart=CLUB, frames=1),
        Place(Box((-0.45, 0.14), (1.18, 1.75), (-0.15, 0.42)), apart=CLUB, frames=4),
    )
)
TENNIS = Visits(
    (
        Place(Box((0.3, 0.8), (0.8, 1.42), (-0.45, 0.14)), Box(height=(1.0, 1.6))),
        Place(Box((-0.45, 0.14), (1.16, 1.7), (0.0, 0.5)), frames=4),
    ),
    gone=(0.1, 0.8),
)
SERVE = Visits(
    (
        Place(left=Box((-0.1, 0.45), (1.5, 2.1), (0.05, 0.55)), frames=2),
        Place(Box((-0.2, 0.55), (1.6, 2.2), (-0.05, 0.6)), frames=1),
        Place(Box((-0.5, 0.14), (0.7, 1.12), (-0.05, 0.5)), frames=2),
    )
)
BACKSWING = Place(Box((0.08, 0.55), (0.7, 1.28), (-0.65, -0.12)), frames=2)
BOWLING = Visits(
    (
        BACKSWING,
        Place(Box((-0.1, 0.5), (0.3, 0.86), (-0.1, 0.75)), pelvis=(0.5, 0.94), frames=1),
        Place(Box((-0.2, 0.45), (0.9, 1.75), (0.2, 0.9))),
    ),
    gone=(0.5, 2.0),
)
UNDERHAND = Visits((BACKSWING, Place(Box((-0.05, 0.42), (0.95, 1.55), (0.22, 0.7)))), gone=(0.1, 0.55))
CAUGHT = Box((0.0, 0.28), (0.96, 1.3), (0.08, 0.32))
CATCH = Visits(
    (
        Place(Box((-0.02, 0.3), (1.14, 2.1), (0.12, 0.62)), Box((-0.02, 0.3), (1.14, 2.1), (0.12, 0.62)), (0.12, 0.38), frames=2),
        Place(CAUGHT, CAUGHT, (0.12, 0.36), frames=8),
    ),
    (Stroke("right", "ahead", 0.12, (0, 2)),),
    (-0.3, 0.3),
)
BALLS = Box((0.06, 0.38), (0.88, 1.28), (0.12, 0.4))
JUGGLE = Visits(
    (Place(BALLS, BALLS, (0.34, 0.62), frames=40),),
    (Stroke("right", "height", 0.07, (3, 99)), Stroke("left", "height", 0.07, (3, 99))),
)
FENCE = Visits(
    (
        Place(
            Box((0.08, 0.48), (1.05, 1.55), (0.38, 0.8)),
            Box((0.15, 0.75), (0.8, 1.55), (-0.6, -0.02)),
            pelvis=(0.66, 0.9),
            frames=4,
        ),
    )
)
BARBELL = Visits(
    (
        Place(Box(height=(0.25, 0.68)), Box(height=(0.25, 0.68)), pelvis=(0.4, 0.78)),
        Place(Box(height=(1.62, 2.3)), Box(height=(1.62, 2.3)), (0.42, 0.8), frames=6),
    ),
    (Stroke("right", "height", 0.35, (1, 3)),),
)
HANGING = Box((0.16, 0.4), (0.74, 1.06), (-0.14, 0.26))
CURLED = Box((0.18, 0.4), (1.16, 1.46), (-0.05, 0.26))
UPRIGHT = (0.93, 1.06)
ONE_CURL = Visits(
    tuple(Place(hand, Box(height=(0.7, 1.0)), pelvis=UPRIGHT) for hand in (HANGING, CURLED, HANGING)),
    (Stroke("right", "height", 0.22, (1, 6)),), (-0.15, 0.15),
)  # fmt: skip
CURL_BOTH = Visits(
    tuple(Place(hand, hand, pelvis=UPRIGHT) for hand in (HANGING, CURLED, HANGING)),
    (Stroke("right", "height", 0.22, (1, 6)),),
    (-0.15, 0.15),
)
CURL = any_of(ONE_CURL, CURL_BOTH)
ROW = Visits((Place(apart=(0.15, 0.5), pelvis=(0.22, 0.45), frames=50),), (Stroke("right", "ahead", 0.22),))
FISH = Visits(
    (
        Place(Box((0.02, 0.45), (1.3, 1.8), (-0.3, 0.13)), apart=(0.03, 0.36), frames=2),
        Place(Box((-0.05, 0.35), (1.0, 1.42), (0.22, 0.65)), apart=(0.03, 0.36), frames=4),
    ),
    (Stroke("left", "height", 0.05, (2, 99)),),
)
REINS = Box((0.0, 0.26), (0.7, 1.06), (0.06, 0.46))
RIDE = Visits(
    (Place(REINS, REINS, (0.1, 0.34), (0.58, 0.87), frames=50),), (Stroke("pelvis", "height", 0.04, (3, 99)),), (-0.3, 0.3)
)
POLES = Box((0.02, 0.64), (0.82, 1.15), (0.1, 0.66))
SKI = Visits((Place(POLES, POLES, (0.48, 0.84), (0.66, 0.9), 36),), (Stroke("right", "out", 0.14, (1, 99)),), (-0.3, 0.3))
BOARD = Place(
    Box((0.15, 0.7), (0.85, 1.6), (-0.35, 0.18)), Box((0.1, 0.65), (0.85, 1.55), (0.1, 0.65)), (0.72, 1.1), (0.62, 0.91), 40
)
SURF = Visits((BOARD,), gone=(-0.3, 0.3))
SKATE = Visits(
    (Place(pelvis=(0.76, 0.94), frames=40),), (Stroke("right", "ahead", 0.25), Stroke("left", "ahead", 0.25, (1, 99))), (-0.4, 0.4)
)

# instruments
GUITAR = Visits(
    (Place(Box((0.06, 0.3), (0.9, 1.24), (0.12, 0.34)), Box((0.26, 0.58), (0.98, 1.26), (0.15, 0.42)), (0.44, 0.8), frames=40),),
    (Stroke("right", "height", 0.07, (3, 99)),),
)
PIANO_KEYS = Box((0.0, 0.4), (0.7, 1.0), (0.3, 0.56))
PIANO = Visits((Place(PIANO_KEYS, PIANO_KEYS, pelvis=(0.45, 0.62), frames=50),), (Stroke("right", "height", 0.03, (3, 99)),))
STICKS = Box((-0.04, 0.5), (0.78, 1.4), (0.18, 0.52))
DRUMS = Visits(
    (Place(STICKS, STICKS, pelvis=(0.46, 0.66), frames=50),),
    (Stroke("right", "height", 0.08, (2, 99)), Stroke("left", "height", 0.08, (2, 99))),
)
VIOLIN = Visits(
    (Place(Box((-0.04, 0.54), (1.16, 1.62), (0.12, 0.42)), Box((0.26, 0.52), (1.18, 1.48), (0.26, 0.54)), frames=40),),
    (Stroke("right", "out", 0.15),),
)
FLUTE = Visits((Place(Box((0.2, 0.5), (1.28, 1.58), (-0.02, 0.26)), Box((-0.16, 0.12), (1.34, 1.62), (0.1, 0.38)), frames=45),))
TRUMPET = Visits(
    (Place(Box((-0.02, 0.22), (1.38, 1.72), (0.06, 0.34)), Box((-0.04, 0.18), (1.34, 1.64), (0.02, 0.3)), (0.08, 0.27), frames=45),)
)
CONDUCT = Visits(
    (Place(Box((-0.04, 0.52), (1.02, 1.68), (0.18, 0.48)), frames=50),),
    (Stroke("right", "height", 0.12, (2, 99)), Stroke("right", "out", 0.15)),
)

ROWS = (
    ("golf", "swing a golf club", "golf", GOLF),
    ("golf", "he plays golf", "golf", GOLF),
    ("bat", "swing a baseball bat", "bat", BAT),
    ("tennis", "hit a forehand", "tennis", TENNIS),
    ("tennis serve", "serve a tennis ball", "tennis_serve", SERVE),
    ("bowl", "roll a bowling ball", "bowl", BOWLING),
    ("throw underhand", "toss a ball underhand", "throw_underhand", UNDERHAND),
    ("throw underhand", "throw underhand with your right hand", "throw_underhand.right", partial(UNDERHAND, side="right")),
    ("catch", "catch the ball", "catch", CATCH),
    ("catch", "catch it with both hands", "catch", CATCH),
    ("juggle", "juggle three balls", "juggle", JUGGLE),
    ("fence", "do some fencing", "fence", FENCE),
    ("barbell", "lift a barbell over your head", "barbell", BARBELL),
    ("curl", "do a bicep curl", "curl", CURL),
    ("curl", "curl a dumbbell with your left arm", "curl.left", partial(ONE_CURL, side="left")),
    ("curl", "do three curls with both arms", "curl.both*3", times(CURL_BOTH, 3)),
    ("row", "row a boat", "row", ROW),
    ("fish", "cast a fishing rod", "fish", FISH),
    ("ride horse", "ride a horse", "ride_horse", RIDE),
    ("ski", "ski down the slope", "ski", SKI),
    ("surf", "ride a wave on a surfboard", "surf", SURF),
    ("skate", "skate on the ice", "skate", SKATE),
    ("guitar", "play the guitar", "guitar", GUITAR),
    ("guitar", "play some air guitar", "guitar", GUITAR),
    ("piano", "play the piano", "piano", PIANO),
    ("violin", "play the violin", "violin", VIOLIN),
    ("drums", "play the drums", "drums", DRUMS),
    ("flute", "play the flute", "flute", FLUTE),
    ("trumpet", "blow a trumpet", "trumpet", TRUMPET),
    ("conduct", "conduct the orchestra", "conduct", CONDUCT),
)
