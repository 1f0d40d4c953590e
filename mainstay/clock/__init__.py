"""Business time: pure arithmetic over weekly hours, holidays and zones."""
