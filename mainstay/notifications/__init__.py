"""What people of the desk are told: on screen, by mail, by web push."""
