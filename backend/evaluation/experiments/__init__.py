"""The experiments of `evaluate all`: each module has ``run(context, tell)`` that measures one thing and returns it for JSON.

`context` holds what they share (the pack, the evaluator, held-out sentences with motions), `listing` names them. What their numbers
mean stands in the page that `backend.evaluation.page` writes.
"""
