"""Who publishes: places with their history, the names of bodies, what bodies became, and what a report speaks for.

Guarantees: everything here follows from readings, from data in this folder and from people's decisions, in whatever order they
came; two bodies that might be one stay two until a person says so.
"""
