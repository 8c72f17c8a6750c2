# Makes intervals_answers.csv (synthetic: strata of 2 to 6 PSUs, unequal design weights, ties, blanks) and computes what the
# tests of intervals, quantiles, replicates and needed n expect: intervals_expected.json. Run by hand: Rscript intervals.R.
# The data are made so that rival conventions give other numbers: few PSUs (t is not z), fractions from 15 to 50 % (leaving
# out 1 - f shows), strata of unequal size (JK1 is not JKn), blanks (dropping rows is not the domain), ties and jumps
# (interpolated quantiles are not the smallest v with F(v) >= p). The second half is calculated by hand: base R alone.
suppressMessages({library(survey); library(jsonlite)})
options(survey.lonely.psu = "fail", survey.replicates.mse = TRUE)
set.seed(20260707)

strata <- data.frame(stratum = c("s1", "s2", "s3", "s4"), drawn = c(2, 3, 4, 6), all = c(4, 10, 12, 40))
rows <- list()
for (h in seq_len(nrow(strata))) {
  for (i in seq_len(strata$drawn[h])) {
    mood <- rnorm(1, 0.3 * h - 0.7, 0.5)
    for (k in 1:sample(7:13, 1)) {
      group <- sample(c("a", "b", "c"), 1, prob = c(0.5, 0.3, 0.2))
      rows[[length(rows) + 1]] <- data.frame(
        stratum = strata$stratum[h], psu = sprintf("%s%02d", strata$stratum[h], i), group = group,
        d = sample(c(1, 1.3, 2, 3.5), 1), all = strata$all[h],
        q = findInterval(rnorm(1, mood + (group == "b"), 1), c(-1.8, -1, -0.3, 0.8)) + 1,
        minutes = 5 * round(exp(rnorm(1, 3.2 - 0.3 * mood, 0.6)) / 5) + sample(c(0, 0, 0, 2), 1), steps = sample(1:4, 1))
    }
  }
}
data <- do.call(rbind, rows)
data$q[runif(nrow(data)) < 0.08] <- NA
data$minutes[runif(nrow(data)) < 0.12] <- NA
data <- data[order(runif(nrow(data))), ]
write.csv(data, "intervals_answers.csv", row.names = FALSE, na = "", quote = FALSE)

zero <- function(v) ifelse(is.na(v), 0, v)
data$top <- as.numeric(data$q >= 4); data$best <- as.numeric(data$q == 5)
plain <- svydesign(ids = ~psu, strata = ~stratum, weights = ~d, data = data)
whole <- c("whole", "a", "b", "c")
part <- function(design, group, item) design[(group == "whole" | design$variables$group == group) & !is.na(design$variables[[item]]), ]
number <- function(v) { v <- unname(as.numeric(v)); if (is.nan(v) || is.na(v)) NULL else v }

# Shares: svyciprop. n and df are those of the rows given to it.
shares <- list()
for (group in whole) for (item in c("top", "best")) for (level in c(0.9, 0.95, 0.99)) {
  here <- part(plain, group, item)
  formula <- as.formula(paste0("~", item))
  row <- list(domain = group, item = item, level = level, share = unname(coef(svymean(formula, here))),
              variance = as.numeric(vcov(svymean(formula, here))), df = degf(here), n = nrow(here))
  for (method in c("xlogit", "logit", "beta", "mean")) {
    row[[method]] <- as.numeric(confint(suppressWarnings(svyciprop(formula, here, method = method, level = level))))
  }
  shares[[length(shares) + 1]] <- row
}

# Quantiles: svyquantile, and the variance of F(q) as R takes it for Woodruff's interval. The qrule "math" of 4.1-1 answers the
# second row where the first weighs more than p of the whole; these data have no such case, or the rule in words would differ.
smallest <- function(x, w, p) { o <- order(x); x[o][which(cumsum(w[o]) >= (p - 1e-12) * sum(w))[1]] }
by_rule <- function(formula, here, p, level, type, qrule) {
  found <- svyquantile(formula, here, p, alpha = 1 - level, interval.type = type, qrule = qrule)[[1]]
  list(quantile = number(found[1, "quantile"]), low = number(found[1, 2]), high = number(found[1, 3]), se = number(found[1, 4]))
}
quantiles <- list()
for (group in whole) for (item in c("minutes", "q")) for (p in c(0.1, 0.25, 0.5, 0.75, 0.9)) for (level in c(0.9, 0.95)) {
  here <- part(plain, group, item)
  formula <- as.formula(paste0("~", item))
  values <- here$variables[[item]]
  row <- list(domain = group, item = item, p = p, level = level, df = degf(here), n = nrow(here))
  for (type in c("mean", "xlogit", "beta")) {
    row[[type]] <- by_rule(formula, here, p, level, type, "math")
    stopifnot(identical(row[[type]], by_rule(formula, here, p, level, type, smallest)))
  }
  row$quantile <- row$mean$quantile
  reached <- svymean(~I(as.numeric(values <= row$quantile)), here)
  row$share <- unname(coef(reached)); row$variance <- as.numeric(vcov(reached))
  row$interpolated <- unname(svyquantile(formula, here, p, ci = FALSE, qrule = "hf7")[[1]][1, 1])
  quantiles[[length(quantiles) + 1]] <- row
}

# Replicates: means, totals and ratios, blanks as 0 in both sums of a domain. mse = TRUE: about the full-sample value.
statistics <- function(design) {
  found <- list()
  for (group in whole) {
    inside <- as.numeric(group == "whole" | design$variables$group == group)
    here <- update(design, y = inside * zero(design$variables$minutes), x = inside * as.numeric(!is.na(design$variables$minutes)),
                   z = inside * design$variables$steps)
    mean_of_item <- svyratio(~y, ~x, here); ratio <- svyratio(~y, ~z, here); total <- svytotal(~y, here)
    found[[length(found) + 1]] <- list(domain = group, estimate = c(unname(coef(mean_of_item)), unname(coef(ratio)), unname(coef(total))),
                                       variance = c(as.numeric(vcov(mean_of_item)), as.numeric(vcov(ratio)), as.numeric(vcov(total))))
  }
  found
}
data$everybody <- 40
unstratified <- svydesign(ids = ~psu, weights = ~d, data = data)
unstratified_fpc <- svydesign(ids = ~psu, weights = ~d, fpc = ~everybody, data = data)
fpc <- svydesign(ids = ~psu, strata = ~stratum, weights = ~d, fpc = ~all, data = data)
about_their_mean <- as.svrepdesign(plain, type = "JKn", mse = FALSE)
boot <- as.svrepdesign(plain, type = "subbootstrap", replicates = 30)
drawn <- weights(boot, "replication")                                     # rows × replicates
first <- !duplicated(data$psu)
replicates <- list(
  jk1 = statistics(as.svrepdesign(unstratified, type = "JK1")), jk1_fpc = statistics(as.svrepdesign(unstratified_fpc, type = "JK1")),
  jkn = statistics(as.svrepdesign(plain, type = "JKn")), jkn_fpc = statistics(as.svrepdesign(fpc, type = "JKn")),
  jkn_about_their_mean = statistics(about_their_mean), taylor = statistics(plain), taylor_fpc = statistics(fpc),
  bootstrap = statistics(boot), everybody = 40,
  bootstrap_scales = boot$scale * boot$rscales, bootstrap_psu = data$psu[first], bootstrap_factors = t(unname(as.matrix(drawn)[first, ])))

# ── By hand, base R alone ────────────────────────────────────────────────────────────────────────────────────────────────
# n_e: theta (1 - theta) / V, cut at the valid answers M; n_Kish where V is 0 or theta is 0 or 1 (methodology section 7).
size_of <- function(case) with(case, min(if (variance > 0 && share > 0 && share < 1) share * (1 - share) / variance else kish, answers))

# Wilson: the two shares p at which (theta - p)^2 = t^2 p (1 - p) / n_e, as roots of the quadratic in p.
wilson <- function(case) {
  size <- size_of(case)
  t <- qt(1 - (1 - case$level) / 2, case$df)
  a <- 1 + t^2 / size; b <- -(2 * case$share + t^2 / size); c <- case$share^2
  far <- (-b + sqrt(b^2 - 4 * a * c)) / (2 * a)                          # the other root from the product c / a, without cancellation
  c(c / (a * far), far)
}
with_z <- function(case) { case$df <- Inf; wilson(case) }

# Korn-Graubard: low is where as many as s or more of n_e have chance alpha/2, high where as few as s have it (Clopper-Pearson
# written with the incomplete beta, found by bisection); n_e shrunk by (t_{n-1} / t_df)^2 between two cuts.
root <- function(f) { low <- 0; high <- 1; for (i in 1:200) { m <- (low + high) / 2; if (f(m) < 0) low <- m else high <- m }; (low + high) / 2 }
exact <- function(share, size, level) {
  tail <- (1 - level) / 2; yes <- share * size; no <- size - yes
  c(if (yes == 0) 0 else root(function(p) pbeta(p, yes, no + 1) - tail), if (no == 0) 1 else root(function(p) pbeta(p, yes + 1, no) - (1 - tail)))
}
korn_graubard <- function(case, cap = case$answers) {
  case$answers <- cap
  tail <- (1 - case$level) / 2
  exact(case$share, min(size_of(case) * (qt(tail, case$n - 1) / qt(tail, case$df))^2, cap), case$level)
}

cases <- list(
  list(share = 0.9, variance = 0.002, df = 12, n = 60, answers = 60), list(share = 0.37, variance = 0.0004, df = 4, n = 150, answers = 600),
  list(share = 0.98, variance = 1e-5, df = 30, n = 40, answers = 160), list(share = 0.5, variance = 0.03, df = 1, n = 9, answers = 9),
  list(share = 0.9, variance = 0.0015, df = 60, n = 20, answers = 30), list(share = 0.8, variance = 0, df = 7, n = 20, answers = 40),
  list(share = 1, variance = 0, df = 7, n = 20, answers = 40),
  list(share = 0, variance = 0, df = 7, n = 20, answers = 40), list(share = 1, variance = 0, df = 199, n = 400, answers = 400),
  list(share = 0, variance = 0, df = 1, n = 2, answers = 2))
hand <- list()
for (case in cases) for (level in c(0.8, 0.95, 0.99)) {
  case$level <- level; case$kish <- 0.85 * case$n
  hand[[length(hand) + 1]] <- c(case, list(wilson = wilson(case), wilson_with_z = with_z(case), korn_graubard = korn_graubard(case),
                                          korn_graubard_cut_at_persons = korn_graubard(case, case$n)))
}
# 42 of 42, one file a PSU: low^42 = 0.025 (Clopper-Pearson); Wilson 42 / (42 + t^2).
stopifnot(abs(exact(1, 42, 0.95)[1] - 0.025^(1 / 42)) < 1e-14,
          abs(wilson(list(share = 1, variance = 0, df = 41, answers = 42, kish = 42, level = 0.95))[1] - 42 / (42 + qt(0.975, 41)^2)) < 1e-14)

# Needed n: counted up from 1. Normal and Slovin in closed form; n_e = n / deff, with a population n / (deff (1 - n / N)).
first_n <- function(half, h, top) { n <- 1; while (n < top && half(n) > h) n <- n + 1; n }
needed <- list()
for (share in c(0.5, 0.9, 0.97, 1)) for (h in c(0.03, 0.05, 0.12)) for (deff in c(1, 1.4)) for (level in c(0.9, 0.95)) for (N in c(Inf, 300)) {
  z <- qnorm(1 - (1 - level) / 2); tail <- (1 - level) / 2
  size <- function(n) n / (deff * (1 - n / N))
  kg <- function(n) { e <- size(n); ((if (share == 1) 1 else qbeta(1 - tail, share * e + 1, e - share * e)) - qbeta(tail, share * e, e - share * e + 1)) / 2 }
  score <- function(n) { e <- size(n); z * sqrt(share * (1 - share) / e + z^2 / (4 * e^2)) / (1 + z^2 / e) }
  n0 <- z^2 * share * (1 - share) * deff / h^2
  needed[[length(needed) + 1]] <- list(
    share = share, half_width = h, deff = deff, level = level, population = if (N == Inf) NULL else N, needed = first_n(kg, h, N),
    wilson = first_n(score, h, N), normal = max(1, ceiling(n0 / (1 + n0 / N))), slovin = ceiling(1 / (1 / N + h^2)))
}

write_json(list(made_by = paste("tests/golden/intervals.R;", R.version.string, "; survey", as.character(packageVersion("survey"))),
                shares = shares, quantiles = quantiles, replicates = replicates, hand = hand, needed = needed),
           "intervals_expected.json", auto_unbox = TRUE, digits = NA, null = "null")
cat(nrow(data), "answers,", length(shares), "shares,", length(quantiles), "quantiles,", length(hand), "by hand,", length(needed), "needed n\n")
