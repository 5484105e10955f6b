site <- "@SITE@"
wide  <- read.csv(paste0(site, "/data/wide.csv"), fileEncoding = "UTF-8-BOM", colClasses = c(place_code = "character"))
trust <- read.csv(paste0(site, "/data/wide_trust.csv"), fileEncoding = "UTF-8-BOM", colClasses = "character")
# v verified, s stated, i inferred, d disputed: what is not one of the first two is not counted
sure <- trust$t3_new_received_tot[match(wide$report_id, trust$report_id)] %in% c("v", "s")
aggregate(t3_new_received_tot ~ report_year, wide[sure, ], sum)
sql <- "select report_year, count(*) as reports from report group by 1"
read.csv(paste0(site, "/@DATABASE@.csv?sql=", URLencode(sql, reserved = TRUE)))
