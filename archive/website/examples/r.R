site <- "@SITE@"
wide  <- read.csv(paste0(site, "/data/@WIDE@"), fileEncoding = "UTF-8-BOM", colClasses = c(place_code = "character"))
trust <- read.csv(paste0(site, "/data/@TRUST@"), fileEncoding = "UTF-8-BOM", colClasses = "character")
# figures in dispute become NA before anything is counted
wide[!is.na(trust) & trust == "d"] <- NA
table(wide$report_year)
sql <- "select report_year, count(*) as reports from report group by 1"
read.csv(paste0(site, "/@DATABASE@.csv?sql=", URLencode(sql, reserved = TRUE)))
