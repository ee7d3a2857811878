"""Speeds, each beside its peer or its floor in the same run, so that a figure from one machine means something on another."""
