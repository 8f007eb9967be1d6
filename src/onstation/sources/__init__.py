"""Where traces come from and how their dialect becomes ours."""
