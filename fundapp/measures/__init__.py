"""Measures: the proposal from the first word to the eligible case, its life as a table of steps, conflicts of interest.

`lifecycle.py` is the truth about every step, whoever takes it. This room has never heard of grants or payments.
"""
