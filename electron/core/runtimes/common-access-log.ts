/*
 * A line of an access log that tells of a GET which went well; group 1 is its path. The supervisor leaves the
 * lines of its own questions out of the log by it, one line for each question, so that requests of others stay.
 */

/** Python's `http.server`: https://docs.python.org/3/library/http.server.html (log_request). Recorded from mlx-lm 0.32.2. */
export const httpServerGet = /^127\.0\.0\.1 - - \[[^\]]+\] "GET (\S+) HTTP\/1\.[01]" 200 -$/

/** Gin, https://github.com/gin-gonic/gin/blob/master/logger.go (defaultLogFormatter). Recorded from Ollama 0.17.4. */
export const ginGet = /^\[GIN\] \S+ - \S+ \| 200 \|\s+\S+ \|\s+127\.0\.0\.1 \| GET\s+"([^"]+)"$/

/** uvicorn, https://github.com/encode/uvicorn/blob/master/uvicorn/logging.py (AccessFormatter), with a time in front where a server adds one. */
export const uvicornGet = /^(?:\[[^\]]+\] |\([^)]+\) )?INFO:\s+[\d.]+:\d+ - "GET (\S+) HTTP\/1\.[01]" 200 OK$/
