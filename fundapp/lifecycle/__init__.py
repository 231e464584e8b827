"""Steps: how a thing with a status gets from one to the next.

`take(...)` is the only code that sets a status. The tables of steps stand with the things they move:
`measures/lifecycle.py` is the life of a measure. This room knows people and history and has no table of its own.
"""
