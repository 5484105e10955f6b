# one report, one unit, the coverage of a place, a search
curl -sS '@SITE@/report/@REPORT@.json'
curl -sS '@SITE@/unit/@UNIT@.json'
curl -sS '@SITE@/search.json?trust=disputed'
curl -sS '@SITE@/checks/sums.csv'
# any question in SQL
curl -sS -G '@SITE@/@DATABASE@.csv' --data-urlencode 'sql=select report_year, count(*) as reports from report group by 1'
