"""Training data: sources of motion, instructions and their sentences, voices, composition, splits."""
