"""Averages, bank and the figures behind them."""
