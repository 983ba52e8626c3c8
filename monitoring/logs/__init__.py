"""What the site says of its own work: one line each, and nobody's data in any of them."""
