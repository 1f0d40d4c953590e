"""E-mail: durable intake, parsing, threading, delivery."""
