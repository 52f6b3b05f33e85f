"""The record: its schema, its journal while running, the document at the end, and reading it back."""
