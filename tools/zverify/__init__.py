"""The second verifier of zhaoce, written from docs/ and the rule-book data alone."""
