"""What people decided, beside what was read and never over it: corrections, contradictions, what is withheld."""
