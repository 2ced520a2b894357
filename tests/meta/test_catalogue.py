"""No documented behaviour is forgotten: each of the catalogue has a rule, or a rule that shows it, or a reason."""

from pathlib import Path

from queuespec.rules import chapters

CATALOGUE = Path(__file__).with_name("catalogue.txt").read_text(encoding="utf-8").split()


def test_every_behaviour_of_the_catalogue_is_accounted_for():
    rules = [rule for chapter in chapters() for rule in chapter.rules]
    known = {slug for rule in rules for slug in (rule.slug, *rule.proves)}
    missing = [slug for slug in CATALOGUE if slug not in known]

    assert not missing, f"{len(missing)} behaviours have neither a test nor a reason: {', '.join(missing)}"


def test_the_catalogue_names_each_behaviour_once():
    assert sorted(set(CATALOGUE)) == CATALOGUE
