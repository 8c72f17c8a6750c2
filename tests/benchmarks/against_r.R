# CPU seconds of R survey for a part of the city job with fixed weights: mean and share of the first items, in units and areas.
# Called by against_r.py: Rscript against_r.R answers.csv ITEMS; prints seconds for the part.
suppressMessages(library(survey))
given <- commandArgs(trailingOnly = TRUE)
answers <- read.csv(given[1])
items <- as.integer(given[2])
design <- svydesign(ids = ~1, strata = ~unit, weights = ~weight, data = answers)
began <- proc.time()
for (item in seq_len(items)) {
  answers$y <- answers[[paste0("q", item)]]
  answers$top <- as.numeric(answers$y >= 4)
  of_item <- subset(update(design, y = answers$y, top = answers$top), !is.na(y))
  for (grouping in list(~unit, ~area)) {
    means <- svyby(~y, grouping, of_item, svymean)
    shares <- svyby(~top, grouping, of_item, svyciprop, method = "beta", vartype = "ci")
  }
}
spent <- proc.time() - began
cat(spent[["user.self"]] + spent[["sys.self"]], "\n")
