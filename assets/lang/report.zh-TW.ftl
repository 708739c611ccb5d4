# Texts of the room report.
