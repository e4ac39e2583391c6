from_auto = "never"
