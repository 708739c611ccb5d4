//! Numbers as people and portals print them.
