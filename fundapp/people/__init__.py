"""People: persons, organisations, branches, roles, sign-in.

`permissions.py` is the table of who may do what; `access.py` finds out who asks, loads the thing and authorises.
"""
