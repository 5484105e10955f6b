"""Every Scrapy setting that is not left at its default, with the reason; the dangerous ones first.

Checked against Scrapy 2.19. What belongs to one crawl (User-Agent with the contact, another delay) is set
by crawler.session.
"""

from __future__ import annotations

# -- what could be turned against us

REMOTE_CONTROL_ENABLED = False  # default True: runs code for whoever holds its token
TELNETCONSOLE_ENABLED = False  # default True: a Python prompt on a port of this machine
# default eleven, the two above among them, which are imported even where they are off (a web server, 0.25 s); none is needed
EXTENSIONS_BASE = dict[str, int]()
DOWNLOAD_HANDLERS = {
    # default HTTP11DownloadHandler: ours looks again before it sends
    "http": "crawler.politeness.PoliteHandler",
    "https": "crawler.politeness.PoliteHandler",
    "file": None,  # default on: a redirect or a link could read this machine's files
    "data": None,  # default on: no report is a data: address
    "ftp": None,  # default on: only http and https are asked
    "s3": None,  # default on: as above
}
# default CachingThreadedResolver: resolves and connects anywhere
TWISTED_DNS_RESOLVER = "crawler.guard.ClosedResolver"
# default True: HTTP_PROXY in the environment would send requests round the address guard
HTTPPROXY_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True  # default False: a body from an impostor would be kept as evidence
# default 1 GiB; 64 MB is the largest body that readers take (archive.keeping.bodies.MAX_BODY)
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024
# default True: each request stands for itself, so that a resumed crawl sees the same pages
COOKIES_ENABLED = False
# default True: TRS marks removed documents so; they must not look like the home page
METAREFRESH_ENABLED = False

# -- manners

BOT_NAME = "gongkai-archive"  # default scrapybot
# default Scrapy/2.19 (+https://scrapy.org); the session adds who may be written to
USER_AGENT = "gongkai-archive/0.1"
# default False, and stays so: Scrapy's middleware fails open, ours (below) replaces it
ROBOTSTXT_OBEY = False
# default 0: seconds between two requests to one host; county portals run on small machines
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0  # default 0.5: with it the delay could fall to half of what we promise
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # default 8: one request at a time to one host
# default 16: counts those that wait for their host's pace, so a slow host blocks no other
CONCURRENT_REQUESTS = 32
ADDRESS_DELAY = 0.5  # ours: seconds between two requests to one IP address, whatever the host (crawler.pace)
ADDRESS_CONCURRENCY = 2  # ours: provinces put a hundred portals behind one address
DOWNLOAD_TIMEOUT = 60  # default 180: seconds; a page that takes longer is asked again
RETRY_TIMES = 2  # default 2, stated because each try is a capture
# default True: an answer that broke off would be thrown away; it is kept as `truncated` and asked for again
DOWNLOAD_FAIL_ON_DATALOSS = False
REDIRECT_MAX_TIMES = 10  # default 20: more than five is a loop on the sites seen
REFERRER_POLICY = "same-origin"  # default scrapy-default: tells a host nothing of where on another we were
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",  # default en: some portals answer with their English site
}

# -- our own parts

DOWNLOADER_MIDDLEWARES = {
    # default 50: drops in silence; the guard records
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # default 100: fails open
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,  # default 750: see HTTPPROXY_ENABLED
    "crawler.hosts.HostsMiddleware": 5,  # before the guard: no name is resolved for what is not sent
    "crawler.guard.GuardMiddleware": 10,  # before all others: nothing is done about an address it refuses
    "crawler.politeness.RobotsMiddleware": 100,
    "crawler.capture.ConditionalMiddleware": 450,
    "crawler.capture.CaptureMiddleware": 570,  # above HttpCompression (590), below Retry (550)
}
# none of them has work here, and each is one more generator round what a callback yields
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,  # default 25: marks first requests; nobody asks
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # default 50: drops a 404, which is news here
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,  # default 800: drops long links in silence
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,  # default 900: no list is too deep
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,  # default 1000: no meta is handed on
}
# default 100: so many tasks are started for each answer, to handle items; callbacks here yield none
CONCURRENT_ITEMS = 1
# default True: reads the source of the callback anew for each answer, 0.2 ms
WARN_ON_GENERATOR_RETURN_VALUE = False
# default Lifo: reports are asked in the order of their list
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"
SPIDER_MODULES = ["crawler.spiders"]  # default []

# -- noise

LOG_LEVEL = "WARNING"  # default DEBUG: progress is told by events; the log goes to stderr
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # default ERROR: the outcome is in the archive and in the summary
STATS_DUMP = False  # default True: the summary says what happened
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"  # default MemoryStatsCollector: the archive counts
DOWNLOADER_STATS = False  # default True: as above
