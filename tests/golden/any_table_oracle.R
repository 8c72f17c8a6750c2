# From a request in words (columns of the design, known margins, estimators, groupings) to the numbers of R survey: the design,
# the calibrated weights, one row an estimate. What R has no function for is written out from the methodology, section named.
# Sourced by any_table.R; no data and no cases here.
suppressMessages(library(survey))
options(survey.adjust.domain.lonely = FALSE, survey.replicates.mse = TRUE, survey.drop.replicates = FALSE, warn = 1)
zero <- function(v) ifelse(is.na(v), 0, v)
quietly <- function(expression) suppressWarnings(suppressMessages(expression))
same <- function(a, b) stopifnot(abs(a - b) <= 1e-9 * (abs(a) + abs(b)) + 1e-13)

drawn <- function(data, columns) {
  data$.row <- seq_len(nrow(data)); data$.one <- 1
  tilde <- function(names) as.formula(paste("~", paste(names, collapse = " + ")))
  two <- !is.null(columns$psu2) || !is.null(columns$fpc2)
  ids <- c(if (is.null(columns$psu)) ".row" else columns$psu, if (two) { if (is.null(columns$psu2)) ".row" else columns$psu2 })
  fpc <- c(columns$fpc, columns$fpc2)
  if (length(fpc) == 1 && two) { data$.endless <- Inf; fpc <- c(fpc, ".endless") }
  weights <- if (!is.null(columns$weight)) tilde(columns$weight) else if (is.null(columns$fpc)) ~.one
  quietly(svydesign(ids = tilde(ids), strata = if (!is.null(columns$stratum)) tilde(columns$stratum), weights = weights,
                    fpc = if (!is.null(fpc)) tilde(fpc), data = data, nest = TRUE))
}

# Margins as list(list(name, columns, population)); population: data frame of the columns and `population`.
label <- function(data, columns) do.call(paste, c(unname(lapply(data[unlist(columns)], as.character)), sep = " x "))
calibrated <- function(design, weighting) {
  margins <- weighting$margins
  replicates <- inherits(design, "svyrep.design")
  if (length(margins) > 0) {
    factors <- sprintf("m%d.", seq_along(margins))
    counts <- lapply(margins, function(m) setNames(m$population$population, label(m$population, m$columns)))
    for (i in seq_along(margins)) {
      design$variables[[factors[i]]] <- factor(label(design$variables, margins[[i]]$columns), levels = sort(names(counts[[i]])))
    }
    everybody <- sum(counts[[1]])
    if (length(margins) == 1 && is.null(weighting$bounds)) {
      population <- data.frame(names(counts[[1]]), Freq = as.vector(counts[[1]]))
      names(population)[1] <- factors[1]
      design <- postStratify(design, as.formula(paste("~", factors[1])), population)
    } else {
      totals <- c(`(Intercept)` = everybody)
      for (i in seq_along(margins)) {
        own <- counts[[i]][sort(names(counts[[i]]))][-1]
        totals <- c(totals, setNames(own, paste0(factors[i], names(own))))
      }
      # Bounds are multiples of the mean g: with design weights that sum to the population the mean g is 1, as R has it.
      if (!is.null(weighting$bounds)) design$prob <- design$prob * sum(1 / design$prob) / everybody
      bounds <- if (is.null(weighting$bounds)) c(-Inf, Inf) else weighting$bounds
      kind <- if (is.null(weighting$distance)) "raking" else weighting$distance
      formula <- as.formula(paste("~", paste(factors, collapse = "+")))
      design <- if (replicates) calibrate(design, formula, totals, calfun = kind, epsilon = 1e-13, maxit = 200, compress = FALSE)
                else calibrate(design, formula, totals, calfun = kind, bounds = bounds, epsilon = 1e-13, maxit = 200)
      # Margin against margin as R left them: the goldens must not carry the looseness of a stopping rule.
      reached <- tapply(weights(design, "sampling"), design$variables[[factors[1]]], sum)
      stopifnot(abs(reached / counts[[1]][names(reached)] - 1) < 1e-11)
    }
  }
  if (!is.null(weighting$trim)) design <- trimWeights(design, lower = weighting$trim[1], upper = weighting$trim[2], strict = TRUE)
  design
}

# Intervals of methodology 7: p, variance, df, respondents, answers, Kish n.
effective <- function(p, v, n, answers, kish) {
  min(if (v > 1e-12 * p * (1 - p) / n && p > 0 && p < 1) p * (1 - p) / v else kish, answers)
}
kg <- function(p, v, df, n, answers, kish, level, cut = TRUE) {
  a <- (1 - level) / 2
  size <- if (cut) effective(p, v, n, answers, kish) else p * (1 - p) / v
  size <- size * (qt(1 - a, n - 1) / qt(1 - a, df))^2
  if (cut) size <- min(size, answers)
  yes <- p * size; no <- size - yes
  if (p == 1) { yes <- size; no <- 0 }
  c(if (yes == 0) 0 else qbeta(a, yes, no + 1), if (no == 0) 1 else qbeta(1 - a, yes + 1, no))
}
wilson <- function(p, v, df, n, answers, kish, level) {
  size <- effective(p, v, n, answers, kish)
  t <- qt((1 + level) / 2, df)
  ends <- (p + t^2 / (2 * size) + c(-1, 1) * t * sqrt(p * (1 - p) / size + t^2 / (4 * size^2))) / (1 + t^2 / size)
  pmin(pmax(ends, 0), 1)
}
xlogit <- function(p, v, df, n, answers, kish, level) {
  if (p == 0 || p == 1 || v <= 1e-12 * p * (1 - p) / n) return(kg(p, v, df, n, answers, kish, level))
  plogis(qlogis(p) + c(-1, 1) * qt((1 + level) / 2, df) * sqrt(v) / (p * (1 - p)))
}
student <- function(e, v, df, level) e + c(-1, 1) * qt((1 + level) / 2, df) * sqrt(v)
of_share <- function(ci, p, v, df, n, answers, kish, level) {
  if (ci == "t") return(student(p, v, df, level))
  get(c(kg = "kg", wilson = "wilson", logit = "xlogit")[[ci]])(p, v, df, n, answers, kish, level)
}

# y, x and who answered of one estimator, one row of the table each.
asked <- function(data, est) {
  if (est$kind == "ratio") {
    there <- !is.na(data[[est$numerator]]) & !is.na(data[[est$denominator]])
    return(list(y = ifelse(there, data[[est$numerator]], 0), x = ifelse(there, data[[est$denominator]], 0), there = there))
  }
  if (est$kind %in% c("total", "quantile")) return(list(y = zero(data[[est$of]]), x = as.numeric(!is.na(data[[est$of]])), there = !is.na(data[[est$of]])))
  items <- data[unlist(est$variables)]
  value <- if (est$kind == "mean") zero(as.matrix(items)) else matrix(as.matrix(items) %in% unlist(est$codes), nrow(items))
  list(y = rowSums(value), x = rowSums(!is.na(items)), there = rowSums(!is.na(items)) > 0)
}

# The statistic on the rows of `inside` in R's own two roads: a subset of the design, and a ratio over the whole design.
moments_of <- function(design, est, a, inside) {
  design$variables$.y <- a$y; design$variables$.x <- a$x; design$variables$.in <- inside & a$there
  design$variables$.yd <- a$y * design$variables$.in; design$variables$.xd <- a$x * design$variables$.in
  part <- quietly(subset(design, .in))
  replicates <- inherits(design, "svyrep.design")
  if (est$kind == "total") {
    own <- quietly(svytotal(~.y, part)); whole <- quietly(svytotal(~.yd, design))
  } else {
    own <- quietly(svyratio(~.y, ~.x, part)); whole <- quietly(svyratio(~.yd, ~.xd, design))
  }
  e <- as.numeric(coef(whole)); v <- as.numeric(SE(whole))[1]^2
  # The rule "average" of a subset counts the strata that the subset touches; everything else must agree by both roads.
  if (getOption("survey.lonely.psu") != "average") same(v, as.numeric(SE(own))[1]^2)
  same(e, as.numeric(coef(own)))
  list(estimate = e, variance = if (v < 1e-20) 0 else v, part = part, replicates = replicates)
}

# The variance of a simple random sample with replacement of the same respondents: the base of R's deff = "replace".
simple_variance <- function(taylor, est, a, inside, r) {
  taylor$variables$.u <- if (est$kind == "total") a$y else a$y - r * a$x
  taylor$variables$.y <- a$y; taylor$variables$.x <- a$x; taylor$variables$.in <- inside & a$there
  part <- quietly(subset(taylor, .in))
  w <- weights(part, "sampling"); n <- sum(w > 0)
  scale <- if (est$kind == "total") 1 else sum(w * part$variables$.x)
  found <- as.numeric(coef(quietly(svyvar(~.u, part)))) * sum(w)^2 / n / scale^2
  if (getOption("survey.lonely.psu") != "average") {
    by_r <- quietly(if (est$kind == "total") svytotal(~.y, part, deff = "replace") else svyratio(~.y, ~.x, part, deff = "replace"))
    same(found, as.numeric(SE(by_r))[1]^2 / as.numeric(deff(by_r))[1])
    if (est$kind != "total" && all(part$variables$.x[w > 0] == 1)) same(as.numeric(deff(by_r))[1], as.numeric(deff(svymean(~.y, part, deff = "replace"))))
  }
  found
}

# Smallest value with F >= p. R's rule "math", except below the share of the first row, where R answers the second row.
lowest <- function(y, w, p) if (p <= w[order(y)[1]] / sum(w)) min(y) else survey:::qrule_math(y, w, p)
quantile_row <- function(design, est, a, inside, df, ci, level) {
  rows <- inside & a$there
  design$variables$.in <- rows
  w <- zero(weights(design, "sampling"))[rows]; y <- a$y[rows]; n <- sum(rows)
  q <- lowest(y, w, est$p)
  below <- moments_of(design, list(kind = "share"), list(y = as.numeric(a$there & a$y <= q), x = as.numeric(a$there), there = a$there), inside)
  ends <- of_share(ci, below$estimate, below$variance, df, n, n, sum(w)^2 / sum(w^2), level)
  values <- sapply(ends, function(f) if (f < 0 || f > 1) NA else lowest(y, w, f))
  list(estimate = q, se = diff(values) / (2 * qt((1 + level) / 2, df)), ci_low = values[1], ci_high = values[2], share = below, ends = ends)
}

# Without degrees of freedom there is no interval. R's standard error stays, but that of a ratio within one PSU, always 0.
too_few <- function(psus) if (psus == 1) "one_psu" else "one_psu_per_stratum"

row_of <- function(design, taylor, est, inside, ci, level) {
  data <- design$variables
  a <- asked(data, est)
  rows <- inside & a$there
  taylor$variables$.inside <- inside
  df <- degf(quietly(subset(taylor, .inside)))
  n <- sum(rows)
  out <- list(n = n, estimate = NA, se = NA, ci_low = NA, ci_high = NA, df = df, deff = NA, reason = NA)
  if (n == 0) return(modifyList(out, list(reason = "no_answers")))
  w <- zero(weights(design, "sampling"))[rows]
  psus <- length(unique(taylor$cluster[rows, 1]))
  if (est$kind == "quantile") {
    if (n == 1 || df <= 0) {
      return(modifyList(out, list(estimate = lowest(a$y[rows], w, est$p), reason = if (n == 1) "one_answer" else too_few(psus))))
    }
    q <- quantile_row(design, est, a, inside, df, if (is.null(ci)) "kg" else ci, level)[c("estimate", "se", "ci_low", "ci_high")]
    return(modifyList(out, c(q, reason = if (anyNA(q)) "outside_data" else NA)))
  }
  if (n == 1) return(modifyList(out, list(estimate = sum(w * a$y[rows]) / (if (est$kind == "total") 1 else sum(w * a$x[rows])), reason = "one_answer")))
  m <- moments_of(design, est, a, inside)
  out$estimate <- m$estimate
  if (df <= 0) out$reason <- too_few(psus)
  if (df <= 0 && psus == 1 && est$kind != "total") return(out)
  out$se <- sqrt(m$variance)
  if (m$variance > 0) out$deff <- m$variance / simple_variance(taylor, est, a, inside, m$estimate)
  if (df <= 0) return(out)
  if (est$kind == "share") {
    ends <- of_share(if (is.null(ci)) "kg" else ci, m$estimate, m$variance, df, n, sum(a$x[rows]), sum(w)^2 / sum(w^2), level)
    ends <- pmin(pmax(ends, 0), 1)
  } else if (m$variance == 0) {
    return(modifyList(out, list(reason = "no_variation")))
  } else {
    ends <- student(m$estimate, m$variance, df, level)
    if (est$kind == "total" && all(a$y >= 0)) ends <- pmax(ends, 0)
  }
  modifyList(out, list(ci_low = ends[1], ci_high = ends[2]))
}

# Domains as the command line prints them: labels in order, numbers as numbers; a blank cell is in no group.
domains <- function(data, by) {
  if (length(by) == 0) return(list(list(names = setNames(list(), character()), inside = rep(TRUE, nrow(data)))))
  found <- unique(data[complete.cases(data[by]), by, drop = FALSE])
  found <- found[do.call(order, unname(as.list(found))), , drop = FALSE]
  lapply(seq_len(nrow(found)), function(i) {
    inside <- Reduce(`&`, lapply(by, function(b) zero(data[[b]] == found[i, b]) == 1))
    list(names = lapply(found[i, , drop = FALSE], as.character), inside = inside)
  })
}

answer <- function(data, case) {
  options(survey.lonely.psu = if (is.null(case$design$lonely)) "adjust" else case$design$lonely)
  plain <- drawn(data, case$design)
  taylor <- quietly(calibrated(plain, case$weighting))
  variance <- if (is.null(case$variance)) "taylor" else case$variance
  design <- taylor
  if (variance != "taylor") {
    design <- quietly(as.svrepdesign(plain, type = c(jk1 = "JK1", jkn = "JKn")[[variance]], compress = FALSE, mse = TRUE))
    design <- quietly(calibrated(design, case$weighting))
    same(weights(design, "sampling"), weights(taylor, "sampling"))
  }
  level <- if (is.null(case$level)) 0.95 else case$level
  by <- if (is.null(case$by)) list(character()) else case$by
  rows <- list()
  for (est in case$estimators) for (group in by) for (domain in domains(taylor$variables, unlist(group))) {
    rows[[length(rows) + 1]] <- c(list(estimator = est, domain = domain$names), row_of(design, taylor, est, domain$inside, case$ci, level))
  }
  w <- weights(taylor, "sampling"); g <- w * plain$prob
  list(rows = rows, design_counts = list(strata = length(unique(plain$strata[, 1])), psus = length(unique(plain$cluster[, 1]))),
       weights = list(total = sum(w), low = min(w), high = max(w), n_eff = sum(w)^2 / sum(w^2), factor_low = min(g), factor_high = max(g)))
}

# JSON with 17 digits (jsonlite stops at 15), NA as null, an unnamed list as an array.
as_json <- function(v) {
  if (is.data.frame(v)) return(as_json(lapply(seq_len(nrow(v)), function(i) unname(as.list(v[i, ])))))
  if (is.null(v)) return("null")
  if (is.list(v)) {
    if (length(v) == 0) return(if (is.null(names(v))) "[]" else "{}")
    inner <- vapply(v, as_json, "")
    if (is.null(names(v))) return(paste0("[", paste(inner, collapse = ", "), "]"))
    return(paste0("{", paste0('"', names(v), '": ', inner, collapse = ", "), "}"))
  }
  if (length(v) != 1) return(as_json(as.list(v)))
  if (is.na(v)) return("null")
  if (is.character(v)) return(paste0('"', v, '"'))
  formatC(v, digits = 17, format = "g", width = 1)
}
