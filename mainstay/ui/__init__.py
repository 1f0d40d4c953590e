"""The design system: tokens, layouts, parts, behaviours, template tags."""
