"""Which measurements make up each benchmark of scripts/bench, and which of their figures are compared."""

import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
BUILD = os.path.join(ROOT, "build", "release")
PROGRAM = os.path.join(BUILD, "bench", "commonbook_bench")
LOG_PARTS = os.path.join(ROOT, "bench", "python", "log_parts.py")
IMPORT_PEER = os.path.join(ROOT, "bench", "python", "import_peer.py")
LISTING = os.path.join(ROOT, "bench", "python", "article_listing.py")
SMALL = 50_000  # triples; what the article's design and the listing are given


class Job:
    """One measurement: a command that prints one line of JSON: figures, or `rows`, each of a name and figures. `size`: how
    much it works on, for the growth over sizes."""

    def __init__(self, name, *command, size=None):
        self.name = name
        self.size = size
        self.command = [str(word) for word in command]


class Ratio:
    """A figure of one job over that of another."""

    def __init__(self, name, over, under, figure="triples_per_second", under_figure=None):
        self.name, self.over, self.under = name, over, under
        self.figure, self.under_figure = figure, under_figure or figure


class Difference(Ratio):
    """The same as a difference, in MiB."""


def ingest(name, design, triples, *options):
    return Job(name, PROGRAM, "ingest", design, "--triples", triples, *options, size=triples)


def ingest_benchmark(triples, peers):
    jobs = [
        ingest("runtime", "runtime", triples),
        ingest("bare loop", "bare", triples, "--no-verify"),
        ingest("runtime durable", "runtime", triples, "--durable", "--no-verify"),
        ingest("bare loop durable", "bare", triples, "--durable"),
        ingest("runtime, 1 storage actor", "runtime", triples, "--storage-actors", 1, "--no-verify"),
        ingest("runtime, 4 storage actors", "runtime", triples, "--storage-actors", 4, "--no-verify"),
        ingest("sorted, one transaction", "sorted-one-transaction", triples),
        ingest("article's schema, one transaction", "article-one-transaction", min(triples, 200_000)),
        ingest("memory, one core", "memory", triples),
        ingest("append + fdatasync", "append", triples),
        ingest("runtime 50k", "runtime", SMALL, "--no-verify"),
        ingest("article 50k", "article", SMALL),
        Job("python 50k", sys.executable, LISTING, "--triples", SMALL),
    ]
    ratios = [
        Ratio("runtime / bare loop", "runtime", "bare loop"),
        Ratio("runtime / sorted, one transaction", "runtime", "sorted, one transaction"),
        Ratio("sustained / sorted, one transaction", "runtime", "sorted, one transaction", "sustained_per_second",
              "triples_per_second"),
        Ratio("durable / applied", "runtime durable", "runtime"),
        Ratio("2 storage actors / 1", "runtime", "runtime, 1 storage actor"),
        Ratio("4 storage actors / 1", "runtime, 4 storage actors", "runtime, 1 storage actor"),
        Ratio("runtime / article's design, 50k", "runtime 50k", "article 50k"),
        Ratio("runtime / Python listing, 50k", "runtime 50k", "python 50k"),
    ]
    if peers:
        jobs[6:6] = [ingest("RocksDB", "rocksdb", triples), ingest("RocksDB durable", "rocksdb", triples, "--durable"),
                     ingest("LMDB durable", "lmdb", triples, "--durable")]
        ratios += [Ratio("runtime / RocksDB", "runtime", "RocksDB"),
                   Ratio("runtime durable / RocksDB durable", "runtime durable", "RocksDB durable"),
                   Ratio("runtime durable / LMDB durable", "runtime durable", "LMDB durable"),
                   Ratio("bytes written, runtime / RocksDB", "runtime", "RocksDB", "written_bytes")]
    return jobs, ratios


def documents_benchmark(triples, _):
    jobs = [ingest("runtime with documents", "runtime", triples, "--document-words", 60),
            ingest("runtime durable with documents", "runtime", triples, "--document-words", 60, "--durable",
                   "--no-verify"),
            ingest("runtime without", "runtime", triples, "--no-verify")]
    return jobs, [Ratio("with / without documents", "runtime with documents", "runtime without"),
                  Ratio("durable / applied, with documents", "runtime durable with documents", "runtime with documents")]


def runtime_benchmark(size, _):
    observations = min(size, 300_000)
    jobs = [Job("actors, nothing stored", PROGRAM, "runtime", "actors", "--observations", observations),
            Job("actors, 32 observations a message", PROGRAM, "runtime", "actors", "--observations", observations, "--message", 32),
            Job("CAF's ask-answer loop", PROGRAM, "runtime", "bare-caf", "--observations", observations),
            Job("10,000 idle agents", PROGRAM, "runtime", "idle", "--agents", 10_000),
            Job("start and stop", PROGRAM, "runtime", "start")]
    return jobs, [Ratio("actors / CAF alone", jobs[0].name, jobs[2].name, figure="observations_per_second")]


def open_benchmark(triples, _):
    return [Job(f"open, {how}", PROGRAM, "runtime", "open", "--triples", triples, *options, size=triples)
            for how, options in (("closed before", []), ("killed, full tail", ["--killed"]))], []


LOG_PARTS_TRIPLES_MAX = 1_000_000  # a log without checkpoints holds every page again with each commit that changed it


def log_parts(name, triples, words, *options):
    return Job(name, sys.executable, LOG_PARTS, "--program", PROGRAM, "--triples", triples, "--document-words", words, *options)


def log_benchmark(triples, _):
    compacted = [Job("log with compaction, bare triples", PROGRAM, "compacted-log", "--triples", triples, size=triples)]
    if triples > LOG_PARTS_TRIPLES_MAX:
        return compacted, []
    jobs, ratios = [], []
    for what, words in (("bare triples", 0), ("60-word documents", 60)):
        ours = f"log, {what}"
        jobs.append(log_parts(ours, triples, words))
        # SQLite's own size of a page, as whoever follows the article has it, and ours.
        for name, page_bytes in ((f"article's, {what}", 4096), (f"article's, {what}, 2 KiB", 2048)):
            jobs.append(log_parts(name, triples, words, "--design", "article", "--page-bytes", page_bytes))
            ratios.append(Ratio(f"{name} / ours", name, ours, "log_bytes"))
    return jobs + compacted, ratios


def processes_benchmark(seconds, _):
    jobs, ratios = [], []
    for processes in (4, 16):
        for load, think in (("saturated", 0), ("4 ms pause", 4)):
            names = {}
            for design, shown in (("runtime", "runtime"), ("turnstile", "plain, turnstile"), ("stock", "plain, stock handler")):
                names[design] = f"{processes} x {load}: {shown}"
                jobs.append(Job(names[design], PROGRAM, "processes", design, "--processes", processes, "--seconds", seconds,
                                "--think-ms", think))
            for over in ("runtime", "turnstile"):
                ratios += [Ratio(f"{processes} x {load}: {what}, {over} / stock", names[over], names["stock"], figure)
                           for what, figure in (("longest wait", "max_ms"), ("fairness", "fairness"))]
    return jobs, ratios


def python_with_icalendar():
    """An interpreter that has python3-icalendar (a Debian package), or nothing."""
    for interpreter in (sys.executable, "/usr/bin/python3"):
        if os.path.exists(interpreter) and subprocess.run([interpreter, "-c", "import icalendar"], capture_output=True).returncode == 0:
            return interpreter
    return None


def import_benchmark(megabytes, _):
    jobs, ratios = [], []
    for what in ("mail", "calendar"):
        def ours(stage, shown, size, *options, what=what):
            jobs.append(Job(f"{what}: {shown}", PROGRAM, "import", stage, what, "--megabytes", size, *options, size=size))

        def python(stage, what=what):
            jobs.append(Job(f"{what}: {stage}, Python", sys.executable, "-B", IMPORT_PEER, "--program", PROGRAM, "--stage",
                            stage, "--what", what, "--megabytes", megabytes, size=megabytes))

        def compare(name, over, under, what=what, kind=Ratio, figure="documents_per_second"):
            ratios.append(kind(f"{what}: {name}", f"{what}: {over}", f"{what}: {under}", figure))

        ours("bare", "bare loop", megabytes)
        ours("parse", "parse", megabytes)
        python("parse")
        library = python_with_icalendar() if what == "calendar" else None
        if library:
            jobs.append(Job("calendar: parse, Python icalendar", library, "-B", IMPORT_PEER, "--program", PROGRAM, "--stage",
                            "parse", "--what", what, "--library", "--megabytes", megabytes, size=megabytes))
            compare("parse, ours / Python icalendar", "parse", "parse, Python icalendar")
        ours("rules", "parse, rules", megabytes)
        ours("search", "full text alone", megabytes)
        ours("store", "store what is parsed", megabytes)
        ours("import", "import", megabytes)
        python("import")
        ours("import", "import durable", megabytes, "--durable")
        ours("import-rules", "import, rules", megabytes)
        larger = "import" if what == "mail" else "parse"
        ours(larger, f"{larger}, 4 x size", 4 * megabytes)
        compare("parse / bare loop", "parse", "bare loop")
        compare("parse, ours / Python", "parse", "parse, Python")
        compare("import / full text alone", "import", "full text alone")
        compare("import, ours / Python", "import", "import, Python")
        compare("import durable / applied", "import durable", "import")
        compare(f"peak memory of {larger} at 4 x size, more", f"{larger}, 4 x size", larger, kind=Difference,
                figure="memory_bytes_max")
    return jobs, ratios


def read_benchmark(triples, _):
    seconds = 0.5 if triples < 100_000 else 1 if triples < 1_000_000 else 5
    return [Job("read", PROGRAM, "read", "--triples", triples, "--seconds", seconds, size=triples)], []


class Benchmark:
    """`sizes`: what it is run at with --quick, by default, and with --full; `unit`: of what."""

    def __init__(self, make, unit, quick, default, full):
        self.make, self.unit = make, unit
        self.sizes = {"quick": quick, "default": default, "full": full}


TRIPLES = ([50_000], [200_000], [1_000_000, 2_000_000, 10_000_000])
BENCHMARKS = {
    "ingest": Benchmark(ingest_benchmark, "triples", *TRIPLES),
    "documents": Benchmark(documents_benchmark, "triples", *TRIPLES),
    "log": Benchmark(log_benchmark, "triples", [50_000], [200_000], [200_000, 2_000_000]),
    "runtime": Benchmark(runtime_benchmark, "observations", [50_000], [200_000], [300_000]),
    "open": Benchmark(open_benchmark, "triples", [20_000], [20_000, 200_000], [1_000_000, 10_000_000]),
    "import": Benchmark(import_benchmark, "MB, or thousand events", [2], [10], [100]),
    "read": Benchmark(read_benchmark, "triples", [10_000], [10_000, 100_000], [10_000, 100_000, 1_000_000]),
    "processes": Benchmark(processes_benchmark, "seconds each", [1], [3], [10]),
}
