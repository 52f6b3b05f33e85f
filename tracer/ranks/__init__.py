"""Ranks: lectures that are several processes, each recorded by itself, and what they say to each other."""
