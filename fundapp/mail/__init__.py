"""Mail and short texts: by name, an outbox in the database, the SMTP sender and the SMS gateway. A verb queues; nothing is sent inside a transaction.

Whoever has no e-mail address gets the short text: from the gateway if there is one, else from the branch by telephone.
"""
