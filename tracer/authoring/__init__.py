"""What the functions of `from tracer import …` do: each makes one output and hands it to the recorder."""
