"""Every change of a setting, before and after."""
