# the wide table, and beside it how far to trust each cell: v verified, s stated, i inferred, d disputed
curl -sS '@SITE@/data/wide.csv' -o wide.csv
curl -sS '@SITE@/data/wide_trust.csv' -o wide_trust.csv
# requests received by year, of the cells that are v or s alone
sqlite3 -csv -header :memory: '.import wide.csv wide' '.import wide_trust.csv trust' "select w.report_year,
  sum(w.t3_new_received_tot) as received from wide w join trust t using (report_id)
  where t.t3_new_received_tot in ('v', 's') group by 1"

# one report, one unit, the coverage of a place, the reports whose sums do not add up
curl -sS '@SITE@/report/@REPORT@.json'
curl -sS '@SITE@/unit/@UNIT@.json'
curl -sS '@SITE@/place/@PLACE@.csv'
curl -sS '@SITE@/checks/sums.csv'
# a search: Chinese words go through --data-urlencode; put into the address as they are, they are answered 400
curl -sS -G '@SITE@/search.json' --data-urlencode 'q=公开'
# any question in SQL; of figures, those that are verified or stated
curl -sS -G '@SITE@/@DATABASE@.csv' --data-urlencode "sql=select report_year, sum(value) as received
  from report p join cell c on c.report_id = p.id where [table] = 'requests' and [row] = 'new_received'
  and [column] = 'total' and c.state = 'value' and c.trust in ('verified', 'stated') group by 1"
