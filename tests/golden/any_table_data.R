# The three synthetic tables that any_table.R computes on, and what makes them good tables to tell conventions apart.
# They are written as CSV, read again, and used as read. Sourced by any_table.R; nothing is estimated here.
set.seed(20260801)
blank <- function(v, share) { v[runif(length(v)) < share] <- NA; v }
level <- function(latent) findInterval(latent, c(-1.8, -1.0, -0.3, 0.8)) + 1
pick <- function(n, from, prob = NULL) sample(from, n, replace = TRUE, prob = prob)
keep <- function(data, file) {
  write.csv(data, file, row.names = FALSE, na = "", quote = FALSE)
  read.csv(file, na.strings = "", stringsAsFactors = FALSE)
}

# town.csv: one stage. Labels of PSUs repeat in every stratum; design weights differ within a PSU; PSUs have 5 to 22 rows and
# cross domains and calibration cells; no area lies in all strata.
town <- do.call(rbind, lapply(1:7, function(h) {
  clusters <- c(3, 4, 2, 6, 5, 3, 7)[h]
  do.call(rbind, lapply(seq_len(clusters), function(i) {
    n <- sample(5:22, 1)
    mood <- rnorm(1, 0.5 * (h %% 3), 0.7)
    area <- pick(n, c("north", "east", "south", "west"), c(h != 1, h %in% 2:5, h > 2, h != 4) * c(3, 1, 2, 2) + 1e-9)
    sex <- pick(n, c("f", "m"), c(0.6, 0.4))
    data.frame(
      stratum = h, psu = letters[i], d = round(pick(n, c(1, 1.5, 2.2, 4)) * c(20, 35, 12, 8, 15, 40, 6)[h], 2),
      psus = c(5, 9, 3, 40, 7, 12, 60)[h], drawn = clusters / c(5, 9, 3, 40, 7, 12, 60)[h], area = area, ward = pick(n, c(1, 2, 10)), sex = sex,
      age = pick(n, c("young", "middle", "old")), channel = pick(n, c("counter", "post", "web"), c(0.5, 0.2, 0.3)),
      q1 = level(rnorm(n, mood + 0.3 * (sex == "f"))), q2 = level(rnorm(n, mood - 0.4 * (area == "north"))),
      q3 = level(rnorm(n, mood - 0.3)), money = round(rnorm(n, 40 * (mood - 1), 90)), hours = round(rexp(n, 1 / (3 + h)) + 0.2, 1))
  }))
}))
town <- town[order(runif(nrow(town))), ]
n <- nrow(town)
town$rows <- round(c(2.2, 3, 1.4, 6, 4, 2.5, 9)[town$stratum] * as.vector(table(town$stratum))[town$stratum])
town$everyone <- 3 * n
town$part <- 0.3
town$sure <- ifelse(town$area == "north", pick(n, 4:5), ifelse(town$area == "south", pick(n, 1:3), pick(n, 1:5)))
town$sure[town$area == "west"] <- NA
town$sure[town$area == "east"][-3] <- NA
town$sure <- ifelse(town$area %in% c("north", "south"), blank(town$sure, 0.1), town$sure)
town$flat <- blank(rep(3, n), 0.1)
town$q1 <- blank(town$q1, 0.06); town$q2 <- blank(town$q2, 0.18); town$q3 <- blank(town$q3, 0.11)
town$money <- blank(town$money, 0.07); town$hours <- blank(town$hours, 0.12)
at <- function(h, i) town$stratum == h & town$psu == i
town$hamlet <- ifelse(at(2, "b"), "lone", ifelse(at(3, "a") | at(5, "d"), "pair", ifelse(at(4, "c") | at(4, "e") | at(6, "b"), "trio", "rest")))
town$area <- blank(town$area, 0.05)
town$cluster <- paste0(town$stratum, town$psu)
town <- keep(town, "any_table_town.csv")

# lonely.csv: strata with one PSU. c and e are drawn from many; f is the whole of its stratum (psus = 1).
lonely <- do.call(rbind, lapply(1:6, function(h) {
  clusters <- c(3, 2, 1, 4, 1, 1)[h]
  do.call(rbind, lapply(seq_len(clusters), function(i) {
    n <- sample(4:11, 1)
    mood <- rnorm(1, 0.3 * h, 0.8)
    data.frame(
      stratum = letters[h], psu = i, d = pick(n, c(2, 3, 5, 9)), psus = c(8, 5, 12, 9, 6, 1)[h],
      area = if (h == 5) "south" else pick(n, if (h %in% 1:2) c("north", "west") else c("north", "south")), sex = pick(n, c("f", "m")),
      age = pick(n, c("young", "old")), q1 = blank(level(rnorm(n, mood)), 0.08), q2 = blank(level(rnorm(n, mood - 0.5)), 0.15),
      money = blank(round(rnorm(n, 25 * (mood - 1), 60)), 0.07), hours = blank(round(rexp(n, 1 / 4) + 0.2, 1), 0.1))
  }))
}))
lonely <- keep(lonely[order(runif(nrow(lonely))), ], "any_table_lonely.csv")

# villages.csv: two stages with a finite population at both; labels repeat at both; some PSUs have one unit of the second stage.
villages <- do.call(rbind, lapply(1:4, function(h) {
  clusters <- c(4, 3, 5, 3)[h]
  do.call(rbind, lapply(seq_len(clusters), function(i) {
    units <- if (h != 2 && i == 2) 1 else sample(2:4, 1)
    of <- units + sample(1:4, 1)
    of_rows <- 30 + 5 * i
    mood <- rnorm(1, 0.4 * h, 0.5)
    do.call(rbind, lapply(seq_len(units), function(j) {
      n <- sample(2:6, 1)
      own <- rnorm(1, mood, 0.7)
      data.frame(
        stratum = c("hill", "coast", "plain", "delta")[h], psu = i, household = j, psus = c(6, 9, 7, 4)[h], households = of,
        f1 = clusters / c(6, 9, 7, 4)[h], f2 = units / of, rows = of_rows, w = pick(n, c(1.5, 2, 3.4, 6)),
        area = pick(n, c("north", "south"), c(h > 1, h < 4) + 0.2), sex = pick(n, c("f", "m")), age = pick(n, c("young", "old")),
        q1 = blank(level(rnorm(n, own)), 0.08), q2 = blank(level(rnorm(n, own - 0.4)), 0.15),
        money = blank(round(rnorm(n, 30 * (own - 0.5), 50)), 0.07), hours = blank(round(rexp(n, 1 / 4) + 0.2, 1), 0.1))
    }))
  }))
}))
villages <- villages[order(runif(nrow(villages))), ]
villages <- keep(villages, "any_table_villages.csv")

full <- function(t) paste(t$stratum, t$psu)
crossing <- function(a, b) max(rowSums(table(a, b) > 0)) > 1
stopifnot(
  crossing(full(town), town$area), crossing(full(town), paste(town$sex, town$age)), crossing(full(town), town$d),
  any(table(town$stratum, town$area) == 0), any(table(full(town), town$area) == 0), crossing(town$psu, town$stratum),
  length(unique(table(full(town)))) > 8, any(town$money < 0, na.rm = TRUE), any(table(full(town), paste(town$sex, town$age)) == 0),
  max(with(town, tapply(psu, stratum, function(p) length(unique(p))) / tapply(psus, stratum, max))) > 0.6,
  all(town$sure[town$area %in% "north"] >= 4, na.rm = TRUE), all(town$sure[town$area %in% "south"] <= 3, na.rm = TRUE),
  all(is.na(town$sure[town$area %in% "west"])), sum(!is.na(town$sure[town$area %in% "east"])) == 1,
  sum(colSums(table(full(lonely), lonely$stratum) > 0) == 1) == 3, !any(lonely$area[lonely$stratum %in% c("a", "b")] == "south"),
  any(tapply(villages$household, full(villages), function(s) length(unique(s))) == 1), crossing(villages$household, full(villages)),
  crossing(full(villages), villages$area))
