"""Records in the forms that other systems read: one module a format, listed in ``formats``."""
