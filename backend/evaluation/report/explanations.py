"""What the numbers of the page mean and do not mean, in Markdown, by experiment."""

from __future__ import annotations

PROBES = """\
A probe is an instruction and a kinematic measurement: did the root move forward, which wrist went above the head, how many
hops, which way did the hips turn. No learned model judges. Thresholds were set on real and authored motion, never on generated
motion. “Noise” is an everyday noise 10 dB below the voice, “reverb” a simulated room with 0.3 to 0.7 s of reverberation.
Intervals are 95 % over probes.

The generator also measures its own motions and draws again (rejection sampling, `backend/generation/rejection_sampling.py`).
Its measurements are others, the same for all actions, and compared with the ranges of the training motions; it knows neither
the probes' measurements nor their limits. But which measurements it takes, and how often it draws, was chosen by how well they
agree with the probes on typed instructions.

Limits: a probe passes when the action happened, however it looked. The wordings are ours, and failures of earlier weights
guided the work, so this is no blind test. The voices are synthetic; people are harder to understand.
"""

HEARING = """\
“Words wrong” is the word error rate: substitutions, insertions and deletions over the words said. PocketSphinx has its own
acoustic model and a trigram counted on sentences of our grammar. Both recognisers know the same words; neither was trained with
these voices. “Grammar” sentences are drawn from the grammar the encoder learned from; the probes' sentences are written by
hand.

Limits: a misheard word need not change the motion (“the” for “a”), and correct words do not make a correct motion. Two
synthetic voices are few; people are harder to understand.
"""

CASCADE = """\
The cascade is what one would build without an audio encoder: PocketSphinx, whose text goes to the same weights. Seconds are
from samples to motion, both ways loaded and warm, taking turns on the same machine.

Limits: the paper's cascade has another recogniser and another machine. Both ways run the same motion model, so the ratio shows
only what the recogniser adds, and it shrinks as the motion model gets slower. “Until understood” leaves the motion model out,
counting answered requests only; it is the largest the ratio can get. A refused request ends at once but counts, so the way that
refuses more looks faster. Rejection sampling varies the time of a request by a tenth of a second or so.
"""

CONFIDENCE = """\
AUROC is the chance that a random instruction gets a higher confidence than a random other recording: 0.5 is guessing, 1 is
perfect. Intervals are 95 % over speakers and sentences. Below the limit the user is asked again, or offered the nearest
motions. Nothing measured here was used for fitting.

Limits: the instructions are spoken by two synthetic voices, the other recordings mostly by people, which alone separates them
in part. The fair row is the everyday sentences, which the same voices speak.
"""

SEMANTICS = """\
The evaluator is our own network (`backend/evaluation/evaluator.py`): a motion encoder and a sentence encoder into one space,
trained with a contrastive loss on the training split. Intervals are 95 % over sentences.

- **R-precision**: a motion's own sentence is ranked among 32; how often it is among the nearest 1, 2 or 3. Guessing gives
  0.031, 0.063 and 0.094. The ceiling is the value of the real motions, not 1.
- **MM-Dist**: distance of a motion to its own sentence in that space, 0 to 2; smaller is better.
- **FID**: distance between the distributions of generated and real motions. The row of the real motions compares them with
  other compositions of the same clips, so it shows the value of no difference at this number of motions.
- **Diversity**: distance of random pairs of motions; it should be as large as for real motions, not larger.
- **Multimodality**: distance of pairs of motions for the same instruction; at 0 a new seed would change nothing.

Limits: the evaluator learned from the same grammar and the same kind of composed motions as the generator, so both can miss the
same things. It does not see fingers, and hardly sees sliding or shaking. A generated motion can be nearer to its sentence than
a real one, because it is more typical. As is usual, every generated motion has the length of the real one. The intervals cover
other sentences of this grammar, not other ways of talking.
"""

MOTION_QUALITY = """\
- **Foot skate**: horizontal speed of ankles and balls while they are as low as standing feet. 1 is as much as people show, 0.5
  half of it.
- **Depth below the floor**: of the lowest foot joint, mean over frames. The values are millimetres, so the ratios vary widely.
- **Jerk**: third derivative of joint positions. Above 1 the motion shakes more than people's; far below 1 it is oversmoothed.
- **Speed of the joints** and **reach**: movement relative to the pelvis, and the box that hands and feet fill. Below 1 the
  motion is tamer than people's, the usual fault of models that average.

Limits: a statue has no skate and no jerk, so no column counts alone. Groups mix actions, and a ratio does not say whether the
action was right.
"""

RECONSTRUCTION = """\
Joint errors are seen from the character; the mean drift of the path over a clip is given beside them. No generated motion can
be more accurate than this. Fingers are not encoded: hands get a relaxed pose, and their error is that of the wrists.
"""

SPEED = """\
On a busy machine these numbers also measure the other work: see the load.
"""

ABLATIONS = """\
A reduced experiment, because a CPU cannot train the whole model nine times: only the understanding part (speech stream,
condition, meaning head) is trained, at half the width, with the same data, seed and steps for every row. Validation utterances
are by identities and of sentences that are not trained on. “Whole” is every kind, side, direction, speed and count of the
instruction, “kind” its first kind of motion. The columns without sound use only the encoder's word posteriors, as the shipped
pack does.

Limits: the paper trains its whole model for each row and compares the motion; we know none of its numbers, and these are not
comparable. Rows closer than their intervals are not different. After so few steps a network that learns faster leads, which
need not be the better one in the end. With more `--steps` and `--seeds` on a GPU, the same command is the experiment at the
paper's size.
"""
