"""The words for what a row is about: three domains and ten categories of tasks, each with what it holds in one line.

    CATEGORIES["Database & SQL"]      # "queries, tables, indexes and transactions of databases; SQL and ..."

The ten names, and that the first two are the algorithmic ones (ALG), are those of the study "InstructionData"
(github.com/yujiachen99/InstructionData); one of its data files spells the third `Database & SOL`. The study gives names
alone: the lines are ours, and rules, models and readers go by the same ones. Every word here is part of the prompt of a
`label` job, so a change of it renews the key of each such request.
"""

from __future__ import annotations

DOMAINS = {
    "code": "programming: code is asked for, given or talked about, whatever the code is for",
    "mathematics": "a problem or question of mathematics that is solved without a program",
    "general": "everything else: knowledge, writing, talk, the use of software and devices",
}
CATEGORIES = {
    "Algorithmic & Data Structure": "searching, sorting, counting, filtering, recursion over arrays, lists, strings, "
    "dictionaries, trees and graphs",
    "Mathematical & Computational": "arithmetic, number theory, sequences, geometry, matrices, statistics, random "
    "numbers, conversion of units and bases",
    "Database & SQL": "queries, tables, indexes and transactions of databases; SQL and query languages like it",
    "System Design & Architecture": "classes and interfaces as such, design patterns, concurrency, networks, files, "
    "processes, shells, deployment",
    "Web Development": "HTML, CSS, pages and their scripts, HTTP, web services and web frameworks",
    "Data Science & Machine Learning": "data frames, CSV and other data sets analysed, plots, models trained and used",
    "Performance Optimization": "the same result in less time or memory: profiling, caching, vectorising, memory "
    "management",
    "User Interface & Application Design": "windows, forms, dialogs and screens of desktop and mobile applications, "
    "games",
    "Domain-Specific": "bound to one trade, device or product: finance, science, images and sound, electronics",
    "Security & Cryptography": "encryption, hashes, passwords, authentication, permissions, attacks and defence",
}
ALGORITHMIC = tuple(CATEGORIES)[:2]
OTHER = "other"  # what a model says of a row that is of none of the ten
