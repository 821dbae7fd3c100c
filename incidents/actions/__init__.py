"""What people and machines do: each function one transaction, one module a concern."""
