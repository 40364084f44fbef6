"""Trains this job's recipe: `python3 -m karma.launch --standalone --nproc-per-node 2 train.py`. Options are those of `python3 -m karma.train --help`."""

import sys
from pathlib import Path

from karma.processes import leave
from karma.train import main

leave(lambda: main([str(Path(__file__).with_name("recipe.json")), *sys.argv[1:]]))
