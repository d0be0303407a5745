"""Speech for training: synthetic voices, speakers, augmentation, corpora of spoken captions.

Motion for training is in the folder above; hearing is in `audio`.
"""
