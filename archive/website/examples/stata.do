* the wide table with how far to trust each figure beside it: v verified, s stated, i inferred, d disputed
use report_id t3_new_received_tot using "@SITE@/data/wide_trust.dta", clear
rename t3_new_received_tot trust
merge 1:1 report_id using "@SITE@/data/wide.dta", nogenerate
tabulate report_year if inlist(trust, "v", "s"), summarize(t3_new_received_tot)
