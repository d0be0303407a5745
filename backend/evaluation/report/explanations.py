"""What the numbers of the page mean, and what they do not mean; Markdown, one text for each experiment."""

from __future__ import annotations

PROBES = """\
A probe is a spoken instruction and a measurement: did the root move forward, which wrist went above the head, how many hops, which
way did the hips turn. No learned judge is asked. Thresholds were set on real and authored motion, never on a model's output.
“Noise” is an everyday noise 10 dB below the voice, “reverb” a room of 0.3 to 0.7 s of reverberation. Intervals are 95 % over
probes.

The generator, too, looks at what it makes and draws again (`backend/generation/rejection_sampling.py`),
but by other measurements, the same for all
actions, and by the ranges they have in the motions it was trained on. It knows none of the probes' measurements and limits; but
which kinds of measurements it takes, and how often it draws, was chosen by how well they tell right from wrong on probes, typed.

What it does not mean: a probe passes when the asked-for thing happened, not when it looked well. The wordings are ours and the
failures of earlier weights guided the work, so this is no blind test. The voices are synthetic; a person is harder to hear.
"""

HEARING = """\
Words wrong is the word error rate: words that would have to be changed, put in or taken out, over the words said. PocketSphinx
hears with its own acoustic model and a trigram counted on sentences of our grammar; both know the same words, neither was trained
with these voices. “Grammar” are sentences drawn from the grammar that the encoder learned from, “probes” are worded by hand.

What it does not mean: a word heard wrong need not change the motion (“the” for “a”), and the right words are not yet the right
motion. Two voices are few, and synthetic; people are harder to hear.
"""

CASCADE = """\
The cascade is what one would build without an encoder: PocketSphinx, then the same weights with what it recognised as typed text.
Seconds are from samples to motion, both ways loaded and warm, taking turns on the same machine.

What it does not mean: the paper's cascade has another recogniser and another machine. What the motion model takes is in both, so
the ratio says how much the recogniser adds, and it falls with every second the motion model needs. “Until understood” leaves the
motion model out, in the requests that were answered: with a motion model that takes no time the ratio would be that one, and it
cannot be more. A refused request is over at once and counts all the same, so the way that refuses more looks quicker; and motions
are drawn again until they are right, which takes a tenth of a second more or less from one request to the next.
"""

CONFIDENCE = """\
AUROC is the chance that a random instruction gets a higher confidence than a random recording of the other kind: 0.5 is guessing, 1
tells all apart. Intervals are 95 % over speakers and sentences. Who is below the limit is asked again, or offered the nearest
motions. Nothing measured here was fitted on.

What it does not mean: instructions are by two synthetic voices, the other recordings mostly by people; part of what tells them
apart is that. The row of the everyday sentences, which the same voices speak, is the fair one.
"""

SEMANTICS = """\
The judge is a network of our own (`backend/evaluation/evaluator.py`): a motion encoder and a sentence encoder with one space for
both, trained with a contrastive loss on the training split. Intervals are 95 % over sentences.

- **R-precision**: the judge sees a motion and 32 sentences, one of them its own; how often its own is among the nearest 1, 2 or 3.
  Guessing gives 0.031, 0.063 and 0.094. The ceiling is the value of the real motions, not 1.
- **MM-Dist**: distance of a motion to its own sentence in the judge's space, 0 to 2; smaller is nearer.
- **FID**: how far the cloud of generated motions is from that of the real ones. The row of the real motions compares them with
  other compositions of the same clips: that is what no difference looks like with so many motions.
- **Diversity**: distance of random pairs of motions; it should be as large as the real one, not larger.
- **Multimodality**: distance of pairs of motions of the same instruction; above 0, or a new seed changes nothing.

What it does not mean: the judge learned from the same sentence grammar and the same kind of composed motions as the generator, so
it can miss the same things. It does not see fingers, and hardly sees sliding or shaking. A generated motion may be nearer to its
sentence than a real one, because it is more typical. Every generated motion got the length of the real one, as is usual. An
interval says what other sentences of this grammar would change, not what other ways of talking would.
"""

MOTION_QUALITY = """\
- **Foot skate**: horizontal speed of ankles and balls while they are as low as standing feet. 1 is as much as captured people
  show, 0.5 is half of it.
- **Depth below the floor**: of the lowest foot joint, mean over frames; ratios of millimetres jump about.
- **Jerk**: third derivative of joint positions. Above 1 the motion shakes more than people's, far below 1 it is smoothed away.
- **Speed of the joints** and **reach**: how much moves beside the pelvis, and the box that hands and feet fill. Below 1 the motion
  is tamer than people's, the usual fault of models that average.

What it does not mean: a statue has no skate and no jerk, so no column counts alone. Groups mix actions, and a ratio says nothing
about whether the right action was done.
"""

RECONSTRUCTION = """\
Errors are of joints as seen from the character; how far the path has drifted, on the mean over a clip, is given beside them. No
generated motion can be finer than this. Fingers are not encoded, hands get a relaxed pose: the wrists are all that can be said of
them.
"""

SPEED = """\
On a machine that does other work these are the other work's numbers, too: see the load.
"""

ABLATIONS = """\
A reduced experiment, because a CPU cannot train the whole model nine times: only the understanding part (speech stream, condition,
meaning head) is trained, at half the width, with the same data, seed and steps for every row. Tried on validation utterances:
identities and sentences that are not trained on. “Whole” is every kind, side, direction, speed and count of the instruction,
“kind” its first kind of motion. The columns without sound read the encoder's word posteriors alone, as the shipped pack does.

What it does not mean: the paper trains its whole model for each row and compares the motion; none of its numbers are known to us,
and these are none of it. Rows that are less than their interval apart are not different. After so few steps a network that learns
faster leads, which is not the same as one that ends better. On a GPU the same command with more `--steps` and `--seeds` gives this
experiment in the paper's size.
"""
