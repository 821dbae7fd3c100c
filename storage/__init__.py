"""SQLAlchemy: tables, transactions, read queries, durable jobs, migrations."""
