"""Mail as it was sent, its files and pictures: everything foreign that a browser is given."""
