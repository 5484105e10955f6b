"""A simulated decade: bodies, their reports of fourteen years, and what happened to these, with what a perfect archive would say.

Knows nothing of the archive's rules: it makes a consistent world, lets things happen in it (a figure mistyped, a text reused, a
report withdrawn), and writes down beside each what is to be found. Forms are printed by `tests/corpus`.
"""
