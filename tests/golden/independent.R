# A reference sample in clusters (svyratio), its Korn-Graubard interval on V* by qbeta, and people measured both ways (t.test): base
# numbers of analysis/independent.py.
library(survey)
people <- data.frame(
  cluster = rep(1:8, each = 5),
  weight = rep(c(1, 2, 1, 3), 10),
  x = rep(c(3, 2, 3, 1, 3), 8))
people$y <- pmin(people$x, (seq_len(40) * 7) %% 4)
design <- svydesign(~cluster, weights = ~weight, data = people)
ratio <- svyratio(~y, ~x, design)
theta <- coef(ratio); p <- (40 * theta + 20 * 0.9) / 60; spread <- p * (1 - p)
stable <- (8 * 1.2 * spread / (sum(people$weight)^2 / sum(people$weight^2)) + 7 * vcov(ratio)) / 15
answers <- sum(people$x)
n_e <- min(spread / stable, answers) * (qt(0.975, 39) / qt(0.975, 15))^2
n_e <- min(n_e, answers); s <- theta * n_e
share <- c(qbeta(0.025, s, n_e - s + 1), qbeta(0.975, s + 1, n_e - s))
call <- rep(c(1, 0, 1, 1, 0, 1), 4); qr <- rep(c(1, 1, 1, 0, 1, 1), 4)
test <- t.test(call, qr, paired = TRUE)
writeLines(c("{",
  sprintf(' "versions": "%s, survey %s",', R.version.string, packageVersion("survey")),
  sprintf(' "value": %.12g, "variance": %.12g,', coef(ratio), vcov(ratio)),
  sprintf(' "share_low": %.12g, "share_high": %.12g,', share[1], share[2]),
  sprintf(' "mode": %.12g, "low": %.12g, "high": %.12g', test$estimate, test$conf.int[1], test$conf.int[2]),
  "}"), "independent_expected.json")
