# Drivers, alpha and omega on R's `attitude`: LMG by lm() over all subsets, with and without weights; factanal for one factor.
attitude <- read.csv("attitude.csv")
weight <- (seq_len(nrow(attitude)) - 1) %% 5 + 1
names_x <- setdiff(names(attitude), "rating")

lmg <- function(w) {
  p <- length(names_x)
  r2 <- function(set) {
    if (!length(set)) return(0)
    summary(lm(reformulate(set, "rating"), attitude, weights = w))$r.squared
  }
  sapply(names_x, function(one) {
    others <- setdiff(names_x, one)
    total <- 0
    for (mask in 0:(2^(p - 1) - 1)) {
      set <- others[bitwAnd(mask, 2^(0:(p - 2))) > 0]
      size <- length(set)
      total <- total + factorial(size) * factorial(p - size - 1) / factorial(p) * (r2(c(set, one)) - r2(set))
    }
    total
  })
}

alpha <- function(S) ncol(S) / (ncol(S) - 1) * (1 - sum(diag(S)) / sum(S))
omega <- function(S) {
  fit <- factanal(covmat = S, factors = 1, n.obs = nrow(attitude), control = list(nstart = 5, opt = list(factr = 10)))
  s <- sqrt(diag(S))
  loading <- as.vector(fit$loadings) * s
  common <- sum(loading)^2
  list(omega = common / (common + sum(fit$uniquenesses * s^2)), uniquenesses = unname(fit$uniquenesses))
}
number <- function(x) paste0("[", paste(sprintf("%.12g", x), collapse = ", "), "]")

S <- cov(attitude)
weighted <- cov.wt(attitude, wt = weight / sum(weight), method = "ML")$cov
first <- omega(S)
second <- omega(weighted)
writeLines(c("{",
  sprintf(' "versions": "%s",', R.version.string),
  sprintf(' "alpha": %.12g, "omega": %.12g, "uniquenesses": %s,', alpha(S), first$omega, number(first$uniquenesses)),
  sprintf(' "weighted_alpha": %.12g, "weighted_omega": %.12g,', alpha(weighted), second$omega),
  sprintf(' "weighted_covariance": %s,', number(as.vector(weighted))),
  sprintf(' "lmg": %s, "weighted_lmg": %s', number(lmg(rep(1, nrow(attitude)))), number(lmg(weight))),
  "}"), "items_expected.json")
