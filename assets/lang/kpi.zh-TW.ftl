# Texts of the room kpi.
