"""One solution concept or algorithm a file: a game in, a result out."""
