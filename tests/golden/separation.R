# Signal variance by Paule-Mandel and its Q-profile interval (R metafor), 33 areas of fayherriot.csv without covariates.
library(metafor)
areas <- read.csv("fayherriot.csv")
fit <- rma(areas$y, areas$v, method = "PM", control = list(tol = 1e-14, maxiter = 1000))
ends <- confint(fit, control = list(tol = 1e-14, maxiter = 10000))$random["tau^2", ]
writeLines(sprintf('{"versions": "%s, metafor %s", "tau2": %.12g, "low": %.12g, "high": %.12g}',
  R.version.string, packageVersion("metafor"), fit$tau2, ends["ci.lb"], ends["ci.ub"]), "separation_expected.json")
