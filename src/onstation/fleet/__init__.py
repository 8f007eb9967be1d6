"""Who is watched and why: read the fleet file, match an address, find an aircraft."""
