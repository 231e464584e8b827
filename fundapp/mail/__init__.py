"""Mail: texts by name, an outbox in the database, and the SMTP sender. A verb queues; nothing is sent inside a transaction."""
