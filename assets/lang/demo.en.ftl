# The demo workspace.
demo-portals-failed = The demo's portals could not be started on the loopback address: { $detail }
demo-figures-broken = The demo's own tables cannot be read. This is a fault of the program; please report it. { $detail }
demo-folder-not-demo = { $folder } is not empty and not a demo workspace. Name another folder with --dir; nothing was changed.
demo-folder-failed = { $folder } cannot be written: { $detail }
