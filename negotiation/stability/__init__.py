"""Questions put to a game or to a family of games."""
