# Makes calibration.csv and calibration_margins.csv (synthetic: strata, clusters that cross cells, unequal design weights,
# blanks) and computes with R survey what the tests of calibration and trimming expect: calibration_expected.json.
# Run by hand: Rscript calibration.R. The margins lie far from the sample, so that raking, linear and logit give other
# weights, some bounds bind, and design weights differ, so that an unweighted regression gives another standard error.
suppressMessages({library(survey); library(jsonlite)})
set.seed(20260722)

rows <- list()
for (h in 1:5) for (i in 1:(4 + h)) {
  mood <- rnorm(1, 0, 0.5)
  for (k in 1:sample(9:16, 1)) {
    area <- sample(1:6, 1, prob = c(0.3, 0.2, 0.2, 0.1, 0.1, 0.1))
    sex <- sample(1:2, 1, prob = c(0.65, 0.35))
    age <- sample(1:4, 1, prob = c(0.15, 0.35, 0.3, 0.2))
    y <- mood + 0.3 * sex - 0.25 * age + 0.1 * area + rnorm(1)
    rows[[length(rows) + 1]] <- data.frame(
      stratum = h, psu = 100 * h + i, area = paste0("a", area), sex = c("f", "m")[sex], age = paste0("g", age),
      d = sample(c(1, 2, 3.5, 8), 1, prob = c(0.4, 0.3, 0.2, 0.1)), level = findInterval(y, c(-1.2, -0.5, 0.3, 1.1)) + 1)
  }
}
data <- do.call(rbind, rows)
data$level[runif(nrow(data)) < 0.12] <- NA
data <- data[order(runif(nrow(data))), ]
write.csv(data, "calibration.csv", row.names = FALSE, na = "", quote = FALSE)

N <- 24000
margin <- function(name, labels, share) data.frame(margin = name, category = labels, population = N * share)
margins <- rbind(margin("area", paste0("a", 1:6), c(0.23, 0.20, 0.17, 0.14, 0.11, 0.15)),
                 margin("sex", c("f", "m"), c(0.54, 0.46)),
                 margin("age", paste0("g", 1:4), c(0.20, 0.27, 0.28, 0.25)))
write.csv(margins, "calibration_margins.csv", row.names = FALSE, quote = FALSE)
of <- function(name) { part <- margins[margins$margin == name, ]; setNames(part$population, part$category) }
frequencies <- function(name) setNames(data.frame(names(of(name)), unname(of(name))), c(name, "Freq"))

plain <- svydesign(ids = ~psu, strata = ~stratum, weights = ~d, data = data)
# calibrate starts at g = 1 and does not find solutions far from there, and its bounds are multiples of the design weight
# or, where every total is more than 20 times the sample's, of something else: the design weights are brought to N first,
# so that bounds are multiples of the mean factor. A constant factor on all design weights changes no residual.
data$scaled <- data$d * N / sum(data$d)
level <- svydesign(ids = ~psu, strata = ~stratum, weights = ~scaled, data = data)
totals <- c(`(Intercept)` = N, of("area")[-1], of("sex")[-1], of("age")[-1])
names(totals) <- c("(Intercept)", paste0("area", paste0("a", 2:6)), "sexm", paste0("age", paste0("g", 2:4)))
calibrated <- function(design, ...) calibrate(design, ~area + sex + age, totals, epsilon = 1e-13, maxit = 200, ...)

designs <- list(
  poststratified = postStratify(plain, ~area, frequencies("area")),
  raking = calibrated(level, calfun = "raking"),
  raking_bounded = calibrated(level, calfun = "raking", bounds = c(0.4, 2.4)),
  linear = calibrated(level, calfun = "linear", bounds = c(-1e9, 1e9)),
  linear_bounded = calibrated(level, calfun = "linear", bounds = c(0.4, 2.4)),
  logit = calibrated(level, calfun = "logit", bounds = c(0.4, 2.5)))
for (name in c("raking_bounded", "linear_bounded")) {
  g <- weights(designs[[name]]) / data$scaled
  stopifnot(sum(g > max(g) * (1 - 1e-12)) > 10)          # the bounds bind
}
raking <- function(...) rake(plain, list(~area, ~sex, ~age), list(frequencies("area"), frequencies("sex"), frequencies("age")), ...)
designs$rake_tight <- raking(control = list(maxit = 500, epsilon = 1e-13, verbose = FALSE))
designs$rake_default <- raking()

zero <- function(v) ifelse(is.na(v), 0, v)
means <- list()
for (name in names(designs)) for (domain in c("all", "a1", "a5", "m", "g4")) {
  inside <- domain == "all" | data$area == domain | data$sex == domain | data$age == domain
  design <- update(designs[[name]], num = inside * zero(as.numeric(data$level >= 4)), den = inside * as.numeric(!is.na(data$level)))
  ratio <- svyratio(~num, ~den, design)
  if (domain == "all") {
    direct <- svymean(~num, subset(design, den > 0))
    stopifnot(abs(SE(direct)[1] / SE(ratio)[1] - 1) < 1e-10)
  }
  means[[length(means) + 1]] <- list(design = name, domain = domain, estimate = unname(coef(ratio)), se = unname(SE(ratio))[1])
}

# trimWeights(strict = TRUE) calls itself until no weight lies beyond an end; rounding in 1/(1/w) can leave 1e-15 beyond for
# ever, so its rounds are repeated here until 1e-13 is left. The raked weights, at their mean of 1, have many sizes.
raked <- designs$raking
raked$prob <- raked$prob * N / nrow(data)
trimmed <- list()
for (ends in list(c(0, 2), c(0.5, Inf), c(0.4, 1.9), c(0.8, 3), c(0.7, 1.2))) {
  found <- raked
  rounds <- 0
  repeat {
    w <- weights(found)
    if (max(w - ends[2], ends[1] - w) < 1e-13) break
    found <- trimWeights(found, lower = ends[1], upper = ends[2])
    rounds <- rounds + 1
  }
  stopifnot(rounds > 2, abs(mean(w) - 1) < 1e-10)
  cat("trimmed to", ends, "in", rounds, "rounds\n")
  trimmed[[length(trimmed) + 1]] <- list(low = ends[1], high = if (is.finite(ends[2])) ends[2] else 1e300, weight = unname(w))
}

write_json(list(made_by = paste("tests/golden/calibration.R;", R.version.string, "; survey", as.character(packageVersion("survey"))),
                weights = lapply(designs, function(design) unname(weights(design))), means = means, before_trimming = unname(weights(raked)), trimmed = trimmed),
           "calibration_expected.json", auto_unbox = TRUE, digits = NA)
for (name in names(designs)) { g <- weights(designs[[name]]) / data$scaled; cat(name, range(g), "\n") }
cat(nrow(data), "answers\n")
