# Texts of the room gui.
gui-menu = Menu
gui-previous-quarter = Previous quarter
gui-next-quarter = Next quarter
gui-tab-list = List
gui-choose-workspace = Choose a workspace folder
gui-choose-new-workspace = Choose a folder for the new workspace
gui-choose-evidence = Choose an evidence file
gui-no-display = No window could be opened: there is no display, or it has no OpenGL. Use the terminal program qd instead, or set DISPLAY.
gui-wrong-argument = Argument not understood
gui-picture-not-written = The picture could not be written
gui-usage =
    Usage: quarterdeck [WORKSPACE] [OPTIONS]

    Without a workspace the first page opens: open one, make one, or show the demo.

    --lang zh-TW|en        language
    --read-only            write nothing
    --theme light|dark     colours
    --size WIDTHxHEIGHT    size of the window in points
    --screenshot FILE      write a picture as PNG and leave
    --screen NAME          screen of the picture: overview, programme, indicator, budget, milestones,
                           entry, sources, review, reports, help, new-source, changes, start
    --programme ID         programme of the picture
    --command TEXT         typed into the command line before the picture
    --help, --version
