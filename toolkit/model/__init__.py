"""Facts: nodes, paths, releases, errors. Nothing here touches a board or prints."""
