-- One kind of request, over and over. Told by the environment:
--   BENCH_SERVER   "nginx" or "newsstand": how a story of the archive is addressed
--   BENCH_PATH     the path, for a row that always asks for one
--   BENCH_HEADERS  header lines, each ended by a line break
--   BENCH_COOKIES  a file with one Cookie header's value a line; each is sent once
--   BENCH_DRAWS    a file with one number of a story a line; gone through again and again
local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

local function lines_of(name, first)
  local lines = {}
  local at = 0
  for line in io.lines(name) do
    if at % 2 == first then table.insert(lines, line) end
    at = at + 1
  end
  return lines
end

function init(args)
  local headers = "Host: " .. wrk.headers["Host"] .. "\r\n" .. (os.getenv("BENCH_HEADERS") or ""):gsub("\n", "\r\n")
  local path = os.getenv("BENCH_PATH")
  local cookies = os.getenv("BENCH_COOKIES")
  local draws = os.getenv("BENCH_DRAWS")
  local at = 0
  exhausted = 0
  if cookies then
    local prepared = lines_of(cookies, number)
    local head = "GET " .. path .. " HTTP/1.1\r\n" .. headers .. "Cookie: "
    request = function()
      at = at + 1
      if at > #prepared then
        exhausted = exhausted + 1
        at = 1
      end
      return head .. prepared[at] .. "\r\n\r\n"
    end
  elseif draws then
    local drawn = lines_of(draws, number)
    local before, between, after = "GET /archive/", "", "/ HTTP/1.1\r\n" .. headers .. "\r\n"
    local is_nginx = os.getenv("BENCH_SERVER") == "nginx"
    if is_nginx then after = ".html HTTP/1.1\r\n" .. headers .. "\r\n" end
    request = function()
      at = at % #drawn + 1
      local story = drawn[at]
      if is_nginx then between = (story % 100) .. "/" end
      return before .. between .. story .. after
    end
  else
    local always = "GET " .. path .. " HTTP/1.1\r\n" .. headers .. "\r\n"
    request = function() return always end
  end
end

function done(summary, latency, requests)
  local spent = 0
  for _, thread in ipairs(threads) do spent = spent + thread:get("exhausted") end
  local errors = summary.errors
  io.write(string.format(
    '\nBENCH {"requests": %d, "microseconds": %d, "bytes": %d, "connect": %d, "read": %d, "write": %d, '
    .. '"status": %d, "timeout": %d, "exhausted": %d, "p50": %d, "p99": %d, "p999": %d, "max": %d}\n',
    summary.requests, summary.duration, summary.bytes, errors.connect, errors.read, errors.write,
    errors.status, errors.timeout, spent,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9), latency.max))
end
