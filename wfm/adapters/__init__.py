"""Everything that touches files: reading histories, writing exports."""
