"""What happened: every step and every change after submission, append-only and chained by hashes.

Verbs call `record(...)` in their own transaction; the entries are chained last, just before the commit.
An entry holds ids, codes and amounts. Words about people are kept beside it and enter only as a salted
commitment, so that they can be erased without breaking the chain. Has no routes.
"""
