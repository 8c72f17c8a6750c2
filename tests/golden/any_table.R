# Makes any_table_town.csv, any_table_lonely.csv, any_table_villages.csv and, with R survey, any_table_expected.json: what
# analysis.any_table.run must answer. By hand: Rscript any_table.R. Which rows come from R alone, which conventions were
# decided where R has two or none: README.md. The last part proves that rival conventions give other numbers on these data.
source("any_table_oracle.R")
source("any_table_data.R")
tables <- list(town = town, lonely = lonely, villages = villages)

mean_of <- function(...) list(kind = "mean", variables = list(...))
share_of <- function(..., codes = list(4, 5)) list(kind = "share", variables = list(...), codes = codes)
ratio_of <- function(y, x) list(kind = "ratio", numerator = y, denominator = x)
total_of <- function(y) list(kind = "total", of = y)
quantile_of <- function(y, p) list(kind = "quantile", of = y, p = p)
short <- list(mean_of("q1"), share_of("q2"), share_of("q1", "q2"), ratio_of("money", "hours"), total_of("money"))
long <- c(short, list(mean_of("q1", "q2", "q3"), share_of("q1", codes = list(5)), share_of("sure"), mean_of("flat"),
                      share_of("flat", codes = list(3)), share_of("sure", "flat", codes = list(3, 4, 5)),
                      total_of("hours"), quantile_of("money", 0.5), quantile_of("hours", 0.8), quantile_of("q1", 0.4)))
everywhere <- list(list(), list("area"), list("sex", "age"))
areas <- list(list(), list("area"))

# What is known of the population: the design's own picture, distorted cell by cell, so that calibration has work to do.
known <- function(data, d, columns, seed) {
  set.seed(seed)
  counts <- aggregate(list(population = d), data[columns], sum)
  counts$population <- round(counts$population * runif(nrow(counts), 0.8, 4.5))
  counts
}
margin <- function(cells, ...) {
  columns <- c(...)
  list(name = paste(columns, collapse = "_"), columns = as.list(columns), population = aggregate(list(population = cells$population), cells[columns], sum))
}
town_cells <- known(town, town$d, c("sex", "age", "channel"), 1)
lonely_cells <- known(lonely, lonely$d, c("sex", "age"), 2)
village_cells <- known(villages, villages$w * 4, c("sex", "age"), 3)
post <- list(margins = list(margin(town_cells, "sex", "age")))
two <- list(margins = list(margin(town_cells, "age"), margin(town_cells, "channel")))
three <- list(margins = list(margin(town_cells, "sex"), margin(town_cells, "age"), margin(town_cells, "channel")))
crossed <- list(margins = list(margin(town_cells, "sex", "age"), margin(town_cells, "channel")))

clusters <- list(weight = "d", stratum = "stratum", psu = "psu")
cases <- list()
add <- function(name, data, design, estimators = short, by = areas, ...) {
  cases[[length(cases) + 1]] <<- list(name = name, data = data, design = design, estimators = estimators, by = by, ...)
}

nothing <- setNames(list(), character())
add("rows alone", "town", nothing, long)
add("weights alone", "town", list(weight = "d"))
add("simple, fpc as count, weights from it", "town", list(fpc = "everyone"))
add("simple, fpc as fraction, weights from it", "town", list(fpc = "part"))
add("simple, fpc and weights", "town", list(weight = "d", fpc = "everyone"))
add("stratified rows", "town", list(weight = "d", stratum = "stratum"))
add("stratified rows, fpc, weights from it", "town", list(stratum = "stratum", fpc = "rows"), by = everywhere)
add("clusters without strata", "town", list(weight = "d", psu = "cluster"))
add("stratified clusters", "town", clusters, long, c(everywhere, list(list("ward"), list("hamlet"))))
add("stratified clusters, level 0.9", "town", clusters, long, level = 0.9)
for (ci in c("wilson", "logit", "t")) add(paste("stratified clusters,", ci), "town", clusters, long, ci = ci)
add("stratified clusters, fpc", "town", c(clusters, fpc = "psus"), by = everywhere)
add("stratified clusters, fpc as fraction", "town", c(clusters, fpc = "drawn"))
add("clusters, weights from fpc", "town", list(stratum = "stratum", psu = "psu", fpc = "psus"))

stages <- list(stratum = "stratum", psu = "psu", psu2 = "household", fpc = "psus", fpc2 = "households")
add("two stages, weights from fpc", "villages", stages, by = everywhere)
add("two stages, fractions", "villages", modifyList(stages, list(fpc = "f1", fpc2 = "f2")))
add("two stages with weights", "villages", c(stages, weight = "w"))
add("two stages, quantiles", "villages", c(stages, weight = "w"), list(quantile_of("money", 0.5), quantile_of("hours", 0.7), share_of("q1")), areas, ci = "logit")
add("rows as the second stage", "villages", list(stratum = "stratum", psu = "psu", fpc = "psus", fpc2 = "rows"))
add("second stage with replacement", "villages", list(weight = "w", stratum = "stratum", psu = "psu", psu2 = "household", fpc = "psus"))
add("second stage without fpc", "villages", list(weight = "w", stratum = "stratum", psu = "psu", psu2 = "household"))
for (rule in c("certainty", "remove")) add(paste("two stages, lonely", rule), "villages", c(stages, lonely = rule))
rural <- list(margins = list(margin(village_cells, "sex"), margin(village_cells, "age")))
add("two stages, raked", "villages", c(stages, weight = "w"), by = areas, weighting = rural)
add("two stages, post-stratified", "villages", stages, by = areas, weighting = list(margins = list(margin(village_cells, "sex", "age"))))

alone <- list(weight = "d", stratum = "stratum", psu = "psu")
for (rule in c("adjust", "certainty", "average", "remove")) {
  add(paste("lonely", rule), "lonely", c(alone, lonely = rule))
  add(paste("lonely", rule, "with fpc"), "lonely", c(alone, fpc = "psus", lonely = rule))
  add(paste("lonely", rule, "raked"), "lonely", c(alone, lonely = rule),
      weighting = list(margins = list(margin(lonely_cells, "sex"), margin(lonely_cells, "age"))))
}
for (rule in c("adjust", "certainty", "remove")) {
  add(paste("nothing but lonely strata,", rule), "lonely", c(alone, lonely = rule), c(short, list(quantile_of("money", 0.5))),
      keep = list(stratum = list("c", "e", "f")))
}
add("lonely adjust, t", "lonely", alone, ci = "t")
add("lonely fail where the lonely stratum is whole", "lonely", c(alone, fpc = "psus", lonely = "fail"), keep = list(stratum = list("a", "b", "d", "f")))

add("post-stratified", "town", clusters, long, everywhere, weighting = post)
add("post-stratified with fpc", "town", c(clusters, fpc = "psus"), weighting = post)
add("post-stratified rows, weight 1", "town", nothing, by = everywhere, weighting = post)
add("raked to two margins", "town", clusters, weighting = two)
add("raked to three margins", "town", clusters, long, everywhere, weighting = three)
add("raked rows, weight 1", "town", nothing, weighting = three)
add("raked to a crossing and a margin", "town", clusters, weighting = crossed)
add("linear", "town", clusters, weighting = c(three, distance = "linear"))
add("linear, bounded", "town", clusters, by = everywhere, weighting = c(three, distance = "linear", list(bounds = c(0.82, 1.25))))
add("logit, bounded", "town", clusters, by = everywhere, weighting = c(three, distance = "logit", list(bounds = c(0.75, 1.35))))
add("raked, bounded", "town", clusters, weighting = c(three, list(bounds = c(0.85, 1.25))))
add("trimmed", "town", clusters, weighting = list(trim = c(12, 110)))
add("post-stratified, trimmed", "town", clusters, weighting = c(post, list(trim = c(20, 260))))
add("raked, trimmed", "town", clusters, by = everywhere, weighting = c(three, list(trim = c(25, 240))))

jackknife <- c(short, list(quantile_of("money", 0.5)))
add("JK1", "town", list(weight = "d", psu = "cluster"), jackknife, variance = "jk1")
add("JK1, post-stratified", "town", list(weight = "d", psu = "cluster"), weighting = post, variance = "jk1")
add("JKn", "town", clusters, jackknife, everywhere, variance = "jkn")
add("JKn, fpc", "town", c(clusters, fpc = "psus"), variance = "jkn")
add("JKn, post-stratified", "town", clusters, jackknife, everywhere, weighting = post, variance = "jkn")
add("JKn, raked to three margins", "town", clusters, weighting = three, variance = "jkn")
add("JKn of the first of two stages", "villages", c(stages, weight = "w"), variance = "jkn")
add("JKn, logit in the interval", "town", clusters, weighting = three, variance = "jkn", ci = "logit")

of_case <- function(case) {
  data <- tables[[case$data]]
  for (column in names(case$keep)) data <- data[data[[column]] %in% unlist(case$keep[[column]]), ]
  data
}
answers <- lapply(cases, function(case) { cat(case$name, "\n"); c(case, answer(of_case(case), case)) })
names(answers) <- vapply(cases, `[[`, "", "name")
source("any_table_rivals.R")

# The rule "fail": R stops, and so must we, with the names of the strata.
refused <- list(
  list(data = "lonely", design = c(alone, lonely = "fail"), names = list("c", "e", "f")),
  list(data = "lonely", design = c(alone, fpc = "psus", lonely = "fail"), names = list("c", "e")),
  list(data = "villages", design = c(stages, lonely = "fail"), names = list("hill", "plain", "delta")))
options(survey.lonely.psu = "fail")
for (case in refused) stopifnot(inherits(try(svytotal(~q1, drawn(tables[[case$data]], case$design), na.rm = TRUE), silent = TRUE), "try-error"))

text <- as_json(list(
  made_by = paste("tests/golden/any_table.R;", R.version.string, "; survey", as.character(packageVersion("survey"))),
  rivals = rivals, refused = refused, cases = unname(answers)))
writeLines(gsub('}, {"', '},\n{"', text, fixed = TRUE), "any_table_expected.json")
cat(length(answers), "cases,", sum(vapply(answers, function(a) length(a$rows), 1)), "rows\n")
