"""Long proofs of billing: whole worlds in memory, tried by the thousand."""
