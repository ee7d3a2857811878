"""The regulation as plain rules on plain values: no Django, no database, no clock of its own."""
