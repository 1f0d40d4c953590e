"""What a record of a setting may say in place of a secret."""

HIDDEN = "secret"  # there is one; what it is stands nowhere in this log
SECRET_WORDS = ("password", "passphrase", "secret", "token", "credential", "private_key", "api_key", "sealed")
