"""What people fill in: one module a modal.

A form is named by the word that it serves, and says what was filled in as the text one would have typed after that
word; so submitting the form and typing the command are the same.
"""
