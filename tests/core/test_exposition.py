"""Measurements are written as Prometheus reads them."""

from triage.core.exposition import Family, Sort, exposition

MAILS = Family("x_mails_total", Sort.COUNTER, "Mails.", "kind")
TOOK = Family("x_seconds", Sort.SUMMARY, "How long\nit took.", "stage")
NONE = Family("x_none", Sort.GAUGE, "Nothing.")


def test_each_family_stands_under_its_help_and_type() -> None:
    values = {
        "x_mails_total": {(("kind", "request"),): 3.0, (("kind", "bounce"),): 1},
        "x_seconds_sum": {(("stage", "receive"),): 0.25},
        "x_seconds_count": {(("stage", "receive"),): 2},
    }
    assert exposition((MAILS, TOOK, NONE), values) == (
        "# HELP x_mails_total Mails.\n"
        "# TYPE x_mails_total counter\n"
        'x_mails_total{kind="bounce"} 1\n'
        'x_mails_total{kind="request"} 3\n'
        "# HELP x_seconds How long\\\\nit took.\n"
        "# TYPE x_seconds summary\n"
        'x_seconds_sum{stage="receive"} 0.25\n'
        'x_seconds_count{stage="receive"} 2\n'
    ).replace("\\\\n", "\\n")


def test_a_value_of_a_label_cannot_end_it() -> None:
    values = {"x_mails_total": {(("kind", 'a"} 1\nb\\'),): 1}}
    assert exposition((MAILS,), values).splitlines()[-1] == r'x_mails_total{kind="a\"} 1\nb\\"} 1'
