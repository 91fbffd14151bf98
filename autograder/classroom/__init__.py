"""What an instructor has before and after grading: the class, and what it gets back.

naming, archive  ← collect    what platforms hand over, and what hostile archives try
attempts         ← collect    all that was ever handed in, and which of it counts
deadlines                     moments as a person writes them, and who may hand in later
roster           ← records    who is who on the platform; grades in its formats
evidence         ← explain    what a mark rests on, kept at grading; told again when a learner appeals
marks, similar   ← report     the class as numbers, and answers that are alike; one page of it
handback                      feedback as a zip that a platform takes
spreadsheet                   CSV in which nothing of a learner's is a formula
"""
