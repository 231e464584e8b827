"""The demonstration fund, made by calling the services, so that it is always lawful. Everything in it is invented."""
