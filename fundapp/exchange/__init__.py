"""Exchange: public pages, imports and exports - what the fund says to and hears from the world outside."""
