"""The outside world behind the ports: IMAP, SMTP, the clock, templates, files."""
