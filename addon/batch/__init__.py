"""A folder of recordings becomes a library of actions, one for each. Generating is the same as for a single one."""
