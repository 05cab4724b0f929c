"""VROOM on a table of travel times: each vehicle takes one job at most, none returns.

In: a JSON file, incidents by row, seconds from each unit; how many runs. Out: CPU milliseconds of each run and the
sum of the travel times chosen."""

import json
import sys
import time

import numpy
import vroom

FAR = 1_000_000

with open(sys.argv[1]) as file:
    rows = json.load(file)
jobs, vehicles = len(rows), len(rows[0])
matrix = numpy.full((vehicles + jobs, vehicles + jobs), FAR, dtype=numpy.uint32)
numpy.fill_diagonal(matrix, 0)
matrix[:vehicles, vehicles:] = numpy.array(rows, dtype=numpy.uint32).T

times, cost = [], None
for _ in range(int(sys.argv[2])):
    problem = vroom.Input()
    problem.set_durations_matrix(profile="car", matrix_input=matrix)
    problem.add_vehicle([vroom.Vehicle(n, start=n, max_tasks=1) for n in range(vehicles)])
    problem.add_job([vroom.Job(n, location=vehicles + n) for n in range(jobs)])
    before = time.process_time()
    solution = problem.solve(exploration_level=5, nb_threads=1)
    times.append((time.process_time() - before) * 1000)
    if solution.summary.unassigned:
        sys.exit(f"{solution.summary.unassigned} incidents stay without a unit")
    cost = solution.summary.duration
print(json.dumps({"cpu_ms": times, "cost": float(cost)}))
