"""A built folder as a page with charts: facts.py reads, charts.py draws, page.py writes, words.py holds both languages.

from mulco.report.page import write_report
write_report(Path("out/mulco"), Path("out/mulco/report"))
"""
