"""Compiled inner loops: arrays in, arrays out, no objects; used by the solvers only."""
