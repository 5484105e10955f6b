"""What is kept and stays whole: bodies and how they are packed, copies and unions of archives, proof that nothing is lost."""
