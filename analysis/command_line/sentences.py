"""Sentences of the command line that are chosen by a word of a request or a result. Each is a key of the catalogue."""

REASONS = {
    "no_answers": "nobody answered",
    "one_answer": "a single answer",
    "one_psu": "a single PSU",
    "one_psu_per_stratum": "a single PSU in each stratum",
    "no_variation": "all values alike",
    "zero_variance": "variance 0 though values differ",
    "zero_denominator": "denominator is 0",
    "outside_data": "end beyond the data",
}

ESTIMATORS = {
    "mean": "mean {variable}",
    "share": "share {variable}",
    "ratio": "ratio {variable}",
    "total": "total {variable}",
    "quantile": "quantile {variable}",
}

INTERVALS = {
    "kg": "Korn-Graubard (effective sample size with degrees of freedom, Clopper-Pearson ends)",
    "wilson": "Wilson on the effective sample size, with a t quantile",
    "logit": "logit (t on the log odds, Korn-Graubard at 0 % and 100 %)",
    "t": "estimate ± t × standard error",
}

INTERVAL_SOURCES = {
    "kg": "Korn and Graubard 1998",
    "wilson": "Wilson 1927; Dean and Pagano 2015",
    "logit": "R survey, svyciprop (xlogit)",
    "t": "Särndal, Swensson and Wretman 1992",
}

VARIANCES = {
    "taylor": "Variance: Taylor linearisation, from the totals of influence values in each PSU.",
    "jk1": "Variance: jackknife JK1 for a sample without strata, one PSU left out at a time.",
    "jkn": "Variance: stratified jackknife JKn, one PSU left out at a time.",
    "bootstrap": "Variance: bootstrap of Rao and Wu with {draws} draws, seed {seed}.",
}

VARIANCE_SOURCES = {
    "taylor": "Binder 1983; Deville and Särndal 1992 for calibrated weights",
    "jk1": "Wolter 2007",
    "jkn": "Wolter 2007",
    "bootstrap": "Rao and Wu 1988; Rao, Wu and Yue 1992",
}

LONELY = {
    "adjust": "their PSU counts by its distance from the mean of all PSUs (adjust)",
    "certainty": "they add nothing to the variance (certainty)",
    "average": "they get the mean variance of the other strata (average)",
    "remove": "they add nothing to the variance (remove)",
    "fail": "such a stratum is refused (fail)",
}

DISTANCES = {
    "raking": "raking (factors exp)",
    "linear": "linear calibration",
    "logit": "logit calibration",
}

FORMULAS = {
    "needed_n": "Korn-Graubard interval, the one that estimate prints",
    "wilson": "Wilson interval",
    "normal": "normal approximation z² p(1 − p) deff / h²; says 1 at 0 % and 100 %",
    "slovin": "Slovin n = N / (1 + N e²), as in the ministry's plan: takes p = 50 %, z = 2 and no clustering",
}
