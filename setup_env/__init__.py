"""What start.py does, in the standard library alone: make `.venv`, then run the project's commands.

problem      one line that names cause and mend
places       where things lie
lockfile     requirements.lock: read it, write it anew
installer    pip or uv: which one, its commands, its progress, why it failed
environment  .venv: complete or not, made, mended
machine      what this machine can do
doctor       the report on all of that, before anything is downloaded
commands     lab, demo, test, bench, setup
cli          the command line
"""
