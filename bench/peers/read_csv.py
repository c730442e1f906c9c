#!/usr/bin/python3
"""Seconds of numpy.loadtxt for a CSV file of numbers, read twice as csv_speed.c does: read_csv.py FILE"""
import sys
import time

import numpy as np

np.loadtxt(sys.argv[1], delimiter=",", skiprows=1)
begin = time.perf_counter()
np.loadtxt(sys.argv[1], delimiter=",", skiprows=1)
print("%.6g" % (time.perf_counter() - begin))
