"""What is said between the SIAO and its partners, and nothing of how: messages, code lists, topics."""

__version__ = "0.3.0"
