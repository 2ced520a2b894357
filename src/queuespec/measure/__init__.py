"""Measures what a transfer costs: workloads, their limits, and rounds that alternate between both. Knows no queue."""
