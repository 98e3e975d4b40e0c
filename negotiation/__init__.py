"""Repeated and stochastic games of negotiation."""
