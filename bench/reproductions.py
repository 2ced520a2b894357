"""How long reproductions are: for each rule that applies here, the form and the lines of what `queuespec reproduce`
writes for its first kind of queue under its first start method. Run it as ``python bench/reproductions.py``.
"""

import argparse
import collections
import contextlib
import io
import statistics

from queuespec.cli.reproduce import Refused, add_arguments, reproduction
from queuespec.report.document import rules_of
from queuespec.rules import chapters


def main() -> None:
    """Prints a line for each rule, then the median and the largest number of lines of each form, and of all."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--start-method", default="spawn")
    method = options.parse_args().start_method
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    lines = collections.defaultdict(list)
    for rule in rules_of(chapters()):
        words = [rule.slug, "--start-method", method, *(["--kind", rule.kinds[0]] if rule.kinds else [])]
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                text = reproduction(parser.parse_args(words))
        except Refused:
            continue
        form = "bug report" if text.startswith("# ") else "several" if "class Worker" in text else "one process"
        lines[form].append(len(text.splitlines()))
        print(f"{lines[form][-1]:4}  {form:11}  {rule.slug}", flush=True)
    every = [count for counts in lines.values() for count in counts]
    for form, counts in {**lines, "all": every}.items():
        print(f"{form}: {len(counts)}, median {statistics.median(counts):g} lines, at most {max(counts)}")


if __name__ == "__main__":
    main()
