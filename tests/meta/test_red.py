"""Every rule has been seen red: a fault is known that breaks it."""

from queuespec.report.listing import fault_modules
from queuespec.rules import chapters


def test_every_tested_rule_is_broken_by_a_fault():
    broken = {slug for fault in fault_modules().values() for slug in getattr(fault, "BREAKS", ())}
    tested = [rule.slug for chapter in chapters() for rule in chapter.rules if rule.test]
    green = [slug for slug in tested if slug not in broken]

    assert not green, f"{len(green)} rules are broken by no fault: {', '.join(green)}"
