"""The pages. Each view finds, asks the form, calls the action and answers."""
