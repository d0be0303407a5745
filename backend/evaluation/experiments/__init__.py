"""The experiments of `evaluate all`; those with a command of their own lie in `evaluation`.

Each has ``measure_for_page(context, on_progress)``, which returns a dict for JSON. `run_all` lists and runs them, `context` holds
what they share. `backend.evaluation.report` explains their numbers.
"""
