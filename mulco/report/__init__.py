"""A built folder, and the four factors of any data set, as pages with charts.

    from mulco.report.page import write_report
    write_report(Path("out/mulco"), Path("out/mulco/report"))

    from mulco.report.factors import write_factors
    write_factors(analyze(["out/mulco", "mine.jsonl"]), Path("out/mulco/report"))

Of each page one file reads (facts.py, factors_facts.py), one draws (charts.py, factors_charts.py), and one writes
(page.py, factors.py). drawing.py and parts.py are what they share, words.py holds both languages.
"""
