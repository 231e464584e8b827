"""Reminders: obligations (what is due, when, from whom), the working-day calendar, and the sweep that reminds once.

The sweep is given the duties by `fundapp/rooms.py`: it knows dates and stages, not what a report or a visit is.
"""
