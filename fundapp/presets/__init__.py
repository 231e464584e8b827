"""Settings made: which preset and which switch held for which fund, since when and by whom. Only grows; the newest holds.

The mechanism is kit/presets.py; each room declares its switches and asks `presets.queries.value(session, SWITCH, fund)`.
"""
