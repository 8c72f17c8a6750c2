# CPU seconds of R survey for a part of the city job with fixed weights: mean and share of the first items, in units and areas.
# Called by against_r.py: Rscript against_r.R answers.csv ITEMS found.csv; prints seconds for the part, writes the means.
suppressMessages(library(survey))
given <- commandArgs(trailingOnly = TRUE)
answers <- read.csv(given[1])
items <- paste0("q", seq_len(as.integer(given[2])))
design <- svydesign(ids = ~1, strata = ~unit, weights = ~files, data = answers)
found <- list()
began <- proc.time()
for (item in items) {
  answers$y <- answers[[item]]
  answers$top <- as.numeric(answers$y >= 4)
  of_item <- subset(update(design, y = answers$y, top = answers$top), !is.na(y))
  for (by in c("unit", "area")) {
    grouping <- as.formula(paste("~", by))
    means <- svyby(~y, grouping, of_item, svymean)
    shares <- svyby(~top, grouping, of_item, svyciprop, method = "beta", vartype = "ci")
    found[[length(found) + 1]] <- data.frame(item = item, label = means[[by]], mean = means$y, se = means$se, share = shares[[2]])
  }
}
spent <- proc.time() - began
write.csv(do.call(rbind, found), given[3], row.names = FALSE)
cat(spent[["user.self"]] + spent[["sys.self"]], "\n")
