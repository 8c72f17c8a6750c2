# A reference sample in clusters (svyratio) and people measured both ways (t.test): base numbers of analysis/independent.py.
library(survey)
people <- data.frame(
  cluster = rep(1:8, each = 5),
  weight = rep(c(1, 2, 1, 3), 10),
  x = rep(c(3, 2, 3, 1, 3), 8))
people$y <- pmin(people$x, (seq_len(40) * 7) %% 4)
design <- svydesign(~cluster, weights = ~weight, data = people)
ratio <- svyratio(~y, ~x, design)
call <- rep(c(1, 0, 1, 1, 0, 1), 4); qr <- rep(c(1, 1, 1, 0, 1, 1), 4)
test <- t.test(call, qr, paired = TRUE)
writeLines(c("{",
  sprintf(' "versions": "%s, survey %s",', R.version.string, packageVersion("survey")),
  sprintf(' "value": %.12g, "variance": %.12g,', coef(ratio), vcov(ratio)),
  sprintf(' "mode": %.12g, "low": %.12g, "high": %.12g', test$estimate, test$conf.int[1], test$conf.int[2]),
  "}"), "independent_expected.json")
