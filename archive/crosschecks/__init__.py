"""Rules between reports (domain.md section 2: B3, B4, C1, C2, C4, C5, D1-D5, E1-E5, G1-G5), kept with their evidence.

Guarantees: no rule alters a figure or its trust; a comparison is made only where unit, scope, years and forms admit it; blank is not
nought, and a cell that is disputed or undecidable makes a rule not assessable; a corrected cell counts with its corrected value,
and the evidence says so. An outcome follows from the archive alone and is derived again when one of its sides changes.
"""

from archive.crosschecks.across import CheckSummary, check_across
from archive.crosschecks.rules import CrossRule, cross_rules

__all__ = ["CheckSummary", "CrossRule", "check_across", "cross_rules"]
