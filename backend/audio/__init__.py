"""Hearing: reading sound, features, the encoder that spells words."""
