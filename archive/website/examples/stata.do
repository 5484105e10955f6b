import delimited "@SITE@/data/@TRUST@", clear varnames(1) encoding("UTF-8") stringcols(_all)
tempfile trust
save `trust'
import delimited "@SITE@/data/@WIDE@", clear varnames(1) encoding("UTF-8")
describe, short
tabulate report_year
