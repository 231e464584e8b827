"""The demonstration: invented funds, told by calling the services at the moments at which things would have happened.

`data/` and `facts.py` say what is to be shown, `words.py`, `cast.py` and `present.py` with which words and people;
`story.py` is the clock, `case.py`, `spending.py` and `committee.py` are what happens to one measure or one call;
`finished.py`, `running.py`, `national.py` and `small.py` put the days to it. `fund.py` is what the command line calls.
"""
