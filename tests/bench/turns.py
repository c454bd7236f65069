"""Turns: every subject is measured once in each round, so that a slow moment of the machine hits all of them."""

from __future__ import annotations

import gc
import statistics
import subprocess
from pathlib import Path
from typing import Callable, Dict, List

Subjects = Dict[str, Callable[[], float]]


class Program:
    """A program that measures its subjects when it is told to."""

    def __init__(self, path: Path) -> None:
        self.process = subprocess.Popen([str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def turn(self, subject: str) -> float:
        """One turn of a subject; what it tells."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None and stdout is not None
        stdin.write(subject + "\n")
        stdin.flush()
        told = stdout.readline()
        if not told:
            raise SystemExit(f"{self.process.args} ended with {self.process.wait()} at {subject}")
        return float(told)

    def close(self) -> None:
        """Ends the program."""
        self.process.communicate()


def interleaved(subjects: Subjects, rounds: int) -> Dict[str, List[float]]:
    """What every subject told, round by round, after a turn that is not counted. A subject says how long it took."""
    told: Dict[str, List[float]] = {name: [] for name in subjects}
    for subject in subjects.values():
        subject()
    for _ in range(rounds):
        for name, subject in subjects.items():
            gc.collect()  # nobody pays for another's garbage
            told[name].append(subject())
    return told


def medians(subjects: Subjects, rounds: int) -> Dict[str, float]:
    """The median turn of every subject."""
    return {name: statistics.median(turns) for name, turns in interleaved(subjects, rounds).items()}


def fastest(subjects: Subjects, rounds: int) -> Dict[str, float]:
    """The fastest turn of every subject: what is left when nobody else wanted the processor."""
    return {name: min(turns) for name, turns in interleaved(subjects, rounds).items()}
