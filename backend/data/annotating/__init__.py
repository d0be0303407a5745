"""How the annotations of motion clips were made: measuring what a clip does, and rules from labels and measurements to keys."""
