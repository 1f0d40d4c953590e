"""The support policy as a file: parsed, validated, frozen."""
