# Texts of the room demo.
