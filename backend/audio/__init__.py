"""Hearing: recordings, the microphone, voice activity, features, the encoder of words.

What the words mean is in `language`; speech for training is made in `data.speech`.
"""
