"""Exchange: public pages, the list of measures, imports and exports - what the fund says to and hears from the world outside."""
