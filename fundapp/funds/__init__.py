"""Funds: donors, contributions, calls, and the ledger - append-only, balanced by the database, the one place where money is counted."""
