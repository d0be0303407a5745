"""Training: one short script per model, and the loop they share."""
