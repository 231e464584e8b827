"""Regions: what a region lacks (interviews, findings, bottlenecks) and how its branch grows (a scorecard a year)."""
