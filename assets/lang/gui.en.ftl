# Texts of the room gui.
