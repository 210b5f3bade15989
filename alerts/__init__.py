"""Who is told, how and when. It meets `watcher` in the database only."""
