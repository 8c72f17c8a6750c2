# Makes survey_answers.csv and survey_frame.csv (synthetic: clustered, unequal design weights, blanks) and computes with
# R survey what the tests expect: survey_expected.json. Run by hand: Rscript survey.R. The data are made so that rival
# conventions give other numbers: blanks differ by item (listwise is wrong), design weights differ (unweighted means are
# wrong), PSUs cross cells and domains (dropping rows is wrong), one unit has a single PSU and fewer than 20 answers, so
# that it is one calibration cell.
suppressMessages({library(survey); library(jsonlite)})
options(survey.lonely.psu = "adjust")
set.seed(20260501)

units <- sprintf("u%02d", 1:12)
rows <- list()
for (h in seq_along(units)) {
  days <- if (h == 12) 1 else 3 + (h %% 5)
  for (day in 1:days) {
    mood <- rnorm(1, 0, 0.6)
    for (k in 1:sample(10:17, 1)) {
      sector <- sample(1:3, 1, prob = c(0.4, 0.35, 0.25))
      level <- function(shift) findInterval(rnorm(1, mood + shift - 0.2 * sector, 1), c(-2, -1.2, -0.4, 0.9)) + 1
      rows[[length(rows) + 1]] <- data.frame(
        unit = units[h], decider = if (sector == 3) "dept" else units[h], sector = sector,
        point = sprintf("p%02d%s", h, if (day %% 2) "a" else "b"), day = day, d = sample(c(1, 1, 2, 3.5), 1),
        a = level(1.0), b = level(0.8), c = level(0.6))
    }
  }
}
data <- do.call(rbind, rows)
data$psu <- paste(data$unit, data$point, data$day, sep = "|")
data$a[runif(nrow(data)) < 0.08] <- NA
data$b[runif(nrow(data)) < 0.15] <- NA
data$c[runif(nrow(data)) < 0.10] <- NA
data <- data[order(runif(nrow(data))), ]
write.csv(data[, c("unit", "decider", "sector", "point", "psu", "d", "a", "b", "c")], "survey_answers.csv", row.names = FALSE, na = "", quote = FALSE)

cell <- function(rows) ifelse(rows$unit == "u12", "u12", paste(rows$unit, rows$sector))
data$cell <- cell(data)
frame <- aggregate(d ~ unit + decider + sector, data, sum)
frame$files <- round(frame$d * runif(nrow(frame), 6, 14))
frame <- frame[order(frame$unit, frame$sector), ]
write.csv(frame[, c("unit", "decider", "sector", "files")], "survey_frame.csv", row.names = FALSE, quote = FALSE)
stopifnot(min(table(data$cell)) >= 5, sum(data$unit == "u12") < 20)

zero <- function(v) ifelse(is.na(v), 0, v)
data$xa <- as.numeric(!is.na(data$a)); data$ya <- zero(as.numeric(data$a >= 4))
data$xb <- as.numeric(!is.na(data$b)); data$yb <- zero(as.numeric(data$b >= 4))
data$xc <- as.numeric(!is.na(data$c)); data$yc <- zero((data$c - 1) / 4)

plain <- svydesign(ids = ~psu, strata = ~unit, weights = ~d, data = data)
population <- aggregate(list(Freq = frame$files), list(cell = cell(frame)), sum)
calibrated <- postStratify(plain, ~cell, population)

# Domain: share m of an answer for a question on the reception (mr) and on the decider (md). Area "west" has u01 to u04
# whole, u05 and u06 by dated shares, and pools what was received there.
west <- c(u01 = 1, u02 = 1, u03 = 1, u04 = 1, u05 = 0.25, u06 = 0.6)
shares <- function(domain) {
  if (domain == "city") return(list(mr = rep(1, nrow(data)), md = rep(1, nrow(data))))
  if (domain == "west") { m <- zero(unname(west[data$unit])); return(list(mr = m, md = m)) }
  if (domain == "block") { inside <- c(units[1:7], "dept"); return(list(mr = as.numeric(data$unit %in% inside), md = as.numeric(data$decider %in% inside))) }
  list(mr = as.numeric(data$unit == domain), md = as.numeric(data$decider == domain))
}

expected <- list()
for (name in c("poststratified", "plain")) {
  for (domain in c(units, "dept", "block", "west", "city")) {
    m <- shares(domain)
    data$inside <- m$mr > 0 | m$md > 0
    for (measure in c("a", "b", "c", "pooled")) {
      y <- switch(measure, a = m$mr * data$ya, b = m$md * data$yb, c = m$mr * data$yc, pooled = m$mr * data$ya + m$md * data$yb)
      x <- switch(measure, a = m$mr * data$xa, b = m$md * data$xb, c = m$mr * data$xc, pooled = m$mr * data$xa + m$md * data$xb)
      if (sum(x) == 0) next
      design <- if (name == "plain") plain else calibrated
      design <- update(design, num = y, den = x, inside = data$inside)
      ratio <- svyratio(~num, ~den, design)
      row <- list(design = name, domain = domain, measure = measure, estimate = unname(coef(ratio)), se = unname(SE(ratio))[1],
                  df = degf(subset(design, inside)), n = sum(x > 0))
      if (measure %in% c("a", "b", "c") && domain != "west") {
        item <- subset(design, den > 0)
        mean_of_item <- svymean(~num, item, deff = "replace")
        stopifnot(abs(coef(mean_of_item) / coef(ratio) - 1) < 1e-10)
        row$se_by_svymean <- unname(SE(mean_of_item))[1]
        row$deff <- unname(deff(mean_of_item))[1]
      }
      expected[[length(expected) + 1]] <- row
    }
  }
}

# Two figures of one domain: their covariance, by the delta method of R (svycontrast on the four totals).
design <- update(calibrated, ya = data$ya, xa = data$xa, yc = data$yc, xc = data$xc)
totals <- svytotal(~ya + xa + yc + xc, design)
half <- svycontrast(totals, quote(0.25 + 2.25 * (ya / xa + yc / xc) / 2))

# Figures of different domains and of different measures: covariance and difference, by the delta method of R (svycontrast
# on all their totals). Domains that share no stratum, that lie inside one another, that share days and cells across roles.
part_of <- function(domain, measure, of_reception, of_decider) {
  m <- shares(domain)
  switch(measure, a = m$mr * of_reception$a, b = m$md * of_decider, c = m$mr * of_reception$c, pooled = m$mr * of_reception$a + m$md * of_decider)
}
numerator <- function(domain, measure) part_of(domain, measure, list(a = data$ya, c = data$yc), data$yb)
denominator <- function(domain, measure) part_of(domain, measure, list(a = data$xa, c = data$xc), data$xb)
answers_in <- function(domain) { m <- shares(domain); m$mr > 0 | m$md > 0 }
pairs <- list(c("u02", "a", "block", "a"), c("u02", "pooled", "block", "pooled"), c("u03", "b", "dept", "b"), c("u03", "a", "dept", "b"),
              c("u05", "a", "west", "a"), c("u05", "c", "city", "c"), c("west", "pooled", "city", "pooled"), c("u01", "a", "u09", "a"),
              c("city", "a", "city", "c"), c("u07", "a", "u07", "c"), c("u12", "a", "city", "a"))
compared <- list()
for (name in c("poststratified", "plain")) for (pair in pairs) {
  design <- update(if (name == "plain") plain else calibrated,
                   y1 = numerator(pair[1], pair[2]), x1 = denominator(pair[1], pair[2]),
                   y2 = numerator(pair[3], pair[4]), x2 = denominator(pair[3], pair[4]),
                   either = answers_in(pair[1]) | answers_in(pair[3]))
  totals <- svytotal(~y1 + x1 + y2 + x2, design)
  both <- svycontrast(totals, list(one = quote(y1 / x1), other = quote(y2 / x2), difference = quote(y1 / x1 - y2 / x2)))
  mixed <- svycontrast(totals, list(total = quote(y1 + 0), other = quote(y2 / x2)))
  compared[[length(compared) + 1]] <- list(
    design = name, domain = pair[1], measure = pair[2], other_domain = pair[3], other_measure = pair[4],
    covariance = vcov(both)[1, 2], difference = unname(coef(both)[3]), se = unname(SE(both)[3]), df = degf(subset(design, either)),
    total = unname(coef(mixed)[1]), total_se = unname(SE(mixed)[1]), total_and_ratio = vcov(mixed)[1, 2])
}

# The same by R's own comparison of groups: what was decided by every unit and by the department, whose days are shared.
groups <- svyby(~yb, ~decider, subset(update(plain, yb = data$yb, xb = data$xb), xb > 0), svymean, covmat = TRUE)
by_group <- list(measure = "b", domains = names(coef(groups)), estimates = unname(coef(groups)), covariance = unname(vcov(groups)))

# Korn-Graubard without truncation, on an item asked of everybody (blanks of a as 0: every row answers). The plain design:
# svyciprop takes n from the rows of the design, and a subset of a calibrated one keeps the rows of all other units.
design <- update(plain, ya = data$ya)
beta <- lapply(c("u02", "u07", "u11"), function(u) {
  part <- subset(design, unit == u)
  interval <- svyciprop(~ya, part, method = "beta", level = 0.95)
  list(domain = u, share = as.numeric(coef(interval)), variance = as.numeric(vcov(svymean(~ya, part))), df = degf(part),
       n = sum(data$unit == u), low = confint(interval)[1], high = confint(interval)[2])
})

write_json(list(made_by = paste("tests/golden/survey.R;", R.version.string, "; survey", as.character(packageVersion("survey"))),
                ratios = expected, pairs = compared, groups = by_group, mean_of_two = list(estimate = unname(coef(half)), se = unname(SE(half))[1]), beta = beta,
                weights = list(sum = sum(weights(calibrated)), sum_of_squares = sum(weights(calibrated)^2))),
           "survey_expected.json", auto_unbox = TRUE, digits = NA, pretty = TRUE)
cat(nrow(data), "answers,", length(expected), "ratios,", length(compared), "pairs\n")
