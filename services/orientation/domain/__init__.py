"""What orientation knows and decides, without a database or a broker: rules, criteria, waiting lists, designations."""
