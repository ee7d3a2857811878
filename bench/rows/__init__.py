"""One module for each subject; each adds its rows to the table when it is imported."""
