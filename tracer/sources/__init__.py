"""What is known of the visible files before they run: statements, functions, directives."""
