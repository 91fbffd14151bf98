"""Trusted: runs a submission through a sandbox, judges what was seen, and writes the outputs.

limits ← clock ← session ← grade        outputs, files, secret ← grade
"""
