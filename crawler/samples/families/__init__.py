"""The markup of three CMS families, after portals.md section 1: pure functions from articles and rows to
pages.
"""
