"""What lines cost: FLOPs, bytes, memory. Imports nothing: `tracer/__init__.py` imports this package on every start."""
