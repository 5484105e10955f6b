site <- "@SITE@"
# as UTF-8 whatever the locale; the first name bears the file's byte order mark
fetch <- function(file, text) {
  table <- read.csv(paste0(site, "/data/", file), encoding = "UTF-8", colClasses = text)
  names(table)[1] <- "report_id"
  table
}
wide  <- fetch("wide.csv", c(place_code = "character"))
trust <- fetch("wide_trust.csv", "character")
# v verified, s stated, i inferred, d disputed: what is not one of the first two is not counted
sure <- trust$t3_new_received_tot[match(wide$report_id, trust$report_id)] %in% c("v", "s")
aggregate(t3_new_received_tot ~ report_year, wide[sure, ], sum)
sql <- "select report_year, count(*) as reports from report group by 1"
read.csv(paste0(site, "/@DATABASE@.csv?sql=", URLencode(sql, reserved = TRUE)))
