# The rival conventions, and that the data of any_table.R tell them apart: each must be off by more than 0.1 % (weights too).
# Sourced by any_table.R after the answers; leaves `rivals`, numbers that a test compares with on purpose.
options(survey.lonely.psu = "adjust")
off <- function(ours, rival) stopifnot(all(abs(rival / ours - 1) > 1e-3))
found <- function(case, kind, what, domain = list()) {
  for (row in answers[[case]]$rows) {
    own <- row$estimator
    named <- c(unlist(own$variables), own$of, own$numerator)
    if (own$kind == kind && identical(as.character(named), what) && identical(unlist(row$domain), unlist(domain))) return(row)
  }
  stop(case, what)
}
east <- list(area = "east"); north <- list(area = "north")
design <- drawn(town, clusters)
q1 <- found("stratified clusters", "mean", "q1")
se <- function(d, f = ~q1) as.numeric(SE(quietly(svymean(f, d, na.rm = TRUE))))

# Blanks item by item, not row by row; weights; pooled answers, not a mean of means; ratio over rows where both are there.
off(q1$estimate, c(coef(svymean(~q1, subset(design, !is.na(q1) & !is.na(q2) & !is.na(q3)))), mean(town$q1, na.rm = TRUE)))
pooled <- found("stratified clusters", "mean", c("q1", "q2", "q3"), east)
off(pooled$estimate, mean(vapply(list(~q1, ~q2, ~q3), function(f) coef(svymean(f, subset(design, area == "east"), na.rm = TRUE)), 1)))
off(found("stratified clusters", "ratio", "money")$estimate, sum(town$d * town$money, na.rm = TRUE) / sum(town$d * town$hours, na.rm = TRUE))

# The design: strata, PSUs, PSU labels nested in strata, domains not by dropping rows, finite populations, the second stage.
off(q1$se, c(se(drawn(town, list(weight = "d", psu = "cluster"))), se(drawn(town, list(weight = "d", stratum = "stratum"))),
             se(drawn(town, list(weight = "d", psu = "psu"))), se(drawn(town, c(clusters, fpc = "psus")))))
dropped <- drawn(town[town$area %in% "east", ], clusters)
off(found("stratified clusters", "mean", "q1", east)$se, se(dropped))
off(found("stratified clusters", "mean", "q1")$df, degf(subset(design, area == "east")))
rural_design <- drawn(villages, c(stages, weight = "w"))
second <- found("two stages with weights", "mean", "q1")
first <- svydesign(ids = ~psu, strata = ~stratum, fpc = ~psus, weights = ~w, data = villages, nest = TRUE)
v1 <- se(first)^2
u <- ifelse(is.na(villages$q1), 0, (villages$q1 - second$estimate) * villages$w) / sum(villages$w[!is.na(villages$q1)])
within <- sum(tapply(seq_along(u), full(villages), function(i) {
  z <- tapply(u[i], villages$household[i], sum); g <- length(z)
  (1 - g / villages$households[i[1]]) * if (g > 1) g * var(z) else z^2
}))
off(second$se, c(se(first), sqrt(v1 + within), se(drawn(villages, list(weight = "w", stratum = "stratum", psu = "psu")))))

# Lonely strata: the rules differ; with "average" a subset of R counts the strata it touches, the whole design counts all.
of_rule <- function(rule, domain = list()) found(paste("lonely", rule), "total", "money", domain)$se
off(of_rule("adjust"), c(of_rule("certainty"), of_rule("average"))); off(of_rule("certainty"), of_rule("average"))
stopifnot(of_rule("certainty") == of_rule("remove"))
options(survey.lonely.psu = "average")
off(of_rule("average", north), as.numeric(SE(quietly(svytotal(~money, subset(drawn(lonely, alone), area == "north"), na.rm = TRUE)))))
options(survey.lonely.psu = "adjust")
off(found("two stages with weights", "total", "money")$se,
    { options(survey.lonely.psu = "certainty"); x <- as.numeric(SE(svytotal(~money, rural_design, na.rm = TRUE))); options(survey.lonely.psu = "adjust"); x })

# Calibration: its gain in the variance; residuals by design weights (R's rake takes plain means); rake stops early.
raked <- calibrated(design, three)
fixed <- update(design, w = weights(raked))
fixed <- svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = fixed$variables, nest = TRUE)
margins <- lapply(three$margins, function(m) setNames(m$population, c(unlist(m$columns), "Freq")))
rake_of <- function(epsilon) rake(design, list(~sex, ~age, ~channel), margins, control = list(maxit = 1000, epsilon = epsilon, verbose = FALSE))
ours <- found("raked to three margins", "mean", "q1")
off(ours$se, c(se(fixed), se(rake_of(1e-9))))
loose <- rake_of(1)
stopifnot(max(abs(weights(loose) / weights(raked) - 1)) > 1e-6, max(abs(weights(rake_of(1e-9)) / weights(raked) - 1)) < 1e-9)
w <- lapply(list(three, c(three, distance = "linear"), c(three, distance = "linear", list(bounds = c(0.82, 1.25))),
                 c(three, distance = "logit", list(bounds = c(0.75, 1.35))), c(three, list(bounds = c(0.85, 1.25)))), function(x) weights(calibrated(design, x)))
for (i in 2:5) for (j in 1:(i - 1)) stopifnot(max(abs(w[[i]] / w[[j]] - 1)) > 1e-3)
for (i in c(3, 5)) { g <- w[[i]] / town$d; stopifnot(sum(g > max(g) * (1 - 1e-12)) > 5, sum(g < min(g) * (1 + 1e-12)) > 5) }
cut <- calibrated(design, c(three, list(trim = c(25, 240))))
bare <- cut; bare$postStrata <- NULL
off(se(cut), c(se(bare), se(raked)))
stopifnot(max(abs(weights(trimWeights(raked, upper = 240, lower = 25)) / weights(cut) - 1)) > 1e-3)

# Replicates: about the full-sample value; weights recalibrated in each.
mean_of_replicates <- as.svrepdesign(design, type = "JKn", mse = FALSE)
money <- found("JKn", "ratio", "money", east)
off(money$se, as.numeric(SE(svyratio(~money, ~hours, subset(mean_of_replicates, area == "east"), na.rm = TRUE))))
off(found("JKn, post-stratified", "mean", "q1")$se, se(as.svrepdesign(fixed, type = "JKn", mse = TRUE)))
off(money$se, found("stratified clusters", "ratio", "money", east)$se)

# Intervals: Korn-Graubard with and without its cut at the answers, n and df of the domain; R's own where nothing was cut.
count <- c(cut = 0, by_r = 0)
for (case in answers[c("stratified clusters", "stratified rows, fpc, weights from it")]) for (row in case$rows) {
  if (row$estimator$kind != "share" || length(row$estimator$variables) > 1 || is.na(row$ci_low) || row$se == 0 || !all(names(row$domain) == "area")) next
  a <- asked(town, row$estimator)
  inside <- a$there & if (length(row$domain)) town[[names(row$domain)]] %in% row$domain[[1]] else TRUE
  part <- quietly(subset(update(drawn(town, case$design), .y = a$y, .in = inside), .in))
  if (row$estimate * (1 - row$estimate) / row$se^2 * max(1, (qt(0.975, row$n - 1) / qt(0.975, row$df))^2) > row$n) {
    count["cut"] <- count["cut"] + 1
    off(row$ci_low, kg(row$estimate, row$se^2, row$df, row$n, row$n, NA, 0.95, cut = FALSE)[1])
  } else if (degf(part) == row$df) {
    count["by_r"] <- count["by_r"] + 1
    same(c(row$ci_low, row$ci_high), as.numeric(confint(quietly(svyciprop(~.y, part, method = "beta")))))
  }
  if (case$name != "stratified clusters") next
  other <- found("stratified clusters, logit", "share", as.character(unlist(row$estimator$variables)), row$domain)
  if (identical(other$estimator, row$estimator)) same(c(other$ci_low, other$ci_high), as.numeric(confint(quietly(svyciprop(~.y, part, method = "xlogit", df = row$df)))))
}
print(count)
stopifnot(count >= 2)
for (ci in c("stratified clusters", "stratified clusters, logit", "stratified clusters, t")) {
  type <- c("stratified clusters" = "beta", "stratified clusters, logit" = "xlogit", "stratified clusters, t" = "mean")[[ci]]
  row <- found(ci, "quantile", "money")
  by_r <- svyquantile(~money, design, 0.5, interval.type = type, na.rm = TRUE, df = row$df)[[1]]
  same(c(row$estimate, row$ci_low, row$ci_high, row$se), as.numeric(by_r))
}
off(found("stratified clusters", "quantile", "money", east)$estimate, svyquantile(~money, subset(design, area == "east"), 0.5, qrule = "hf7", na.rm = TRUE, ci = FALSE)[[1]][1])
off(q1$deff, as.numeric(deff(svymean(~q1, subset(design, !is.na(q1)), deff = TRUE))))

rivals <- list(raked_mean_q1 = list(ours = ours$se, by_rake = se(rake_of(1e-9)), weights_fixed = se(fixed),
                                    loose_estimate = as.numeric(coef(svymean(~q1, loose, na.rm = TRUE))), estimate = ours$estimate))
