"""Hearing: reading sound, the microphone, where speech is, features, the encoder that spells words.

What the words mean is `language`'s matter; speech for training is made in `data.speech`.
"""
