"""What there is to draw: pure functions from framework objects to plain data. No widget is imported here."""
