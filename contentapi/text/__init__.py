"""Pure helpers of the content's own matter: paths, dates, durations, YAML, French order."""
