"""What an instructor gets after grading.

evidence  ← explain     what a mark rests on, kept at grading; told again when a learner appeals
marks     ← report      the class as numbers: scores, exercises, mistakes; one page of it
similar   ← report      answers that are more alike than chance and the task explain
roster    ← records     who is who on the learning platform; grades in its formats
"""
