"""Tickets, messages, their history, intake and delivery."""
