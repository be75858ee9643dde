"""How figures grow with size: the exponent of a straight line through the logarithms."""

import math


def exponent(points):
    """Least squares over (size, figure); nothing where a figure is not positive or there is one size only."""
    if len({size for size, _ in points}) < 2 or any(figure <= 0 for _, figure in points):
        return None
    logs = [(math.log(size), math.log(figure)) for size, figure in points]
    mean_x = sum(x for x, _ in logs) / len(logs)
    mean_y = sum(y for _, y in logs) / len(logs)
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs)


def growth_of(measured):
    """measured: a list of (jobs, summary), one a size. Returns {job or row: {figure: exponent}} of jobs that have a size."""
    points = {}
    for jobs, summary in measured:
        for job in jobs:
            if job.size is None:
                continue
            for row in summary["rows"][job.name]:
                for figure, value in summary["figures"][row].items():
                    if isinstance(value, dict):
                        points.setdefault(row, {}).setdefault(figure, []).append((job.size, value["median"]))
    found = {job: {figure: exponent(each) for figure, each in figures.items()} for job, figures in points.items()}
    found = {job: {figure: value for figure, value in figures.items() if value is not None}
             for job, figures in found.items()}
    return {job: figures for job, figures in found.items() if figures}
