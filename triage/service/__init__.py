"""What the service does, one transaction a verb."""
