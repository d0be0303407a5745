"""Measuring what comes out: probes, metrics, and pictures to look at."""
