"""Evaluation: what remains when the money has ended.

Visits at the end of funding and 6, 12 and 24 months later, their answers and the results by indicator; the dates are
reckoned in `schedule.py`, what counts as still effective in `impact.py`.
"""
