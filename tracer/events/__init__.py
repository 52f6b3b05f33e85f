"""Who executes which line: two sources of interpreter events, one stream of steps."""
