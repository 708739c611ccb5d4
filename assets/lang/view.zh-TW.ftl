# Texts of the room view.
