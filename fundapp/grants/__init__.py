"""Grants: the contract and its plan of instalments, from the fitted plan to signature, start, pause and early end."""
