"""What is particular to the company and set on screen."""
