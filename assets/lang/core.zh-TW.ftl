# Texts of the room core.
