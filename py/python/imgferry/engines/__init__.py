"""Engines that carry jobs: each owns timers, workers and restarts, and calls ``tick``."""
