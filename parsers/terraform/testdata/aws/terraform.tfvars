drain = "20"
