# Texts of the room tui.
