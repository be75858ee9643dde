# Questions.
