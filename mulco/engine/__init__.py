"""Where shards run: processes on one machine (`local`); a cluster engine would take the same jobs."""
